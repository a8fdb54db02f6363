import { useEffect, useState, type ReactNode } from 'react';
import { cx } from './cx.ts';

/** A grey shape with the exact size of what will stand there. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('block animate-breathe rounded-control bg-subtle', className)} />;
}

/** True once `loading` has lasted 150 ms, so that what comes from the replica at once never flickers. */
export const useLate = (loading: boolean, ms = 150): boolean => {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!loading) return setLate(false);
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [loading, ms]);
  return loading && late;
};

/** Shows `skeleton` while loading (after 150 ms, keeping its room before that), then the children. */
export function Loading({ when, skeleton, children }: { when: boolean; skeleton: ReactNode; children: ReactNode }) {
  const late = useLate(when);
  if (!when) return children;
  return (
    <div aria-busy="true" className={late ? undefined : 'invisible'}>
      {skeleton}
    </div>
  );
}
