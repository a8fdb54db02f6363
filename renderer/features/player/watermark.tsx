import { useEffect, useState } from 'react';
import { formatClock } from '../../ui/index.ts';

/** Seconds a place is kept, at least and at most (screens S4). */
const stay = { least: 20, most: 40 };
const somewhere = () => ({ left: 4 + Math.random() * 56, top: 8 + Math.random() * 70 });

/** Name, number and time over the picture; it changes its place so that it cannot be cut away. Also there in full screen. */
export function Watermark({ text }: { text: string }) {
  const [place, setPlace] = useState(somewhere);
  useEffect(() => {
    const seconds = stay.least + Math.random() * (stay.most - stay.least);
    const timer = setTimeout(() => setPlace(somewhere()), seconds * 1000);
    return () => clearTimeout(timer);
  }, [place]);
  if (!text) return null;
  return (
    <div
      aria-hidden="true"
      data-testid="watermark"
      className="pointer-events-none absolute max-w-[40%] truncate text-caption text-white/35 select-none [text-shadow:0_1px_2px_rgb(0_0_0/0.5)]"
      style={{ left: `${place.left}%`, top: `${place.top}%` }}
    >
      {text} · {formatClock(new Date())}
    </div>
  );
}
