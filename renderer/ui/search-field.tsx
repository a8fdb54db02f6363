import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';
import { Input } from './input.tsx';

/** Search in a list; tells its listener 200 ms after the last key. */
export function SearchField({
  label,
  value,
  onChange,
  className,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
}) {
  const [typed, setTyped] = useState(value);
  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => tell.current(typed), 200);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <div className={cx('relative w-64 max-w-full', className)}>
      <Icon of={Search} className="absolute start-3 top-1/2 -translate-y-1/2 text-muted" />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        data-testid="field-search"
        className="ps-9"
      />
    </div>
  );
}
