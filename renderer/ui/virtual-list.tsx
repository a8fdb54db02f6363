import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactNode } from 'react';
import { cx } from './cx.ts';

/**
 * A long list in its own scroll area; only what is near the screen is in the document. Give it a height by `className`.
 * Rows may differ in height; `estimate` is the usual one in px.
 */
export function VirtualList<T>({
  items,
  keyOf,
  row,
  estimate = 44,
  label,
  className,
}: {
  items: readonly T[];
  keyOf: (item: T) => string;
  row: (item: T, index: number) => ReactNode;
  estimate?: number;
  label: string;
  className?: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: (index) => keyOf(items[index] as T),
    overscan: 8,
  });
  return (
    <div ref={scroller} tabIndex={-1} className={cx('overflow-y-auto', className)}>
      <ul aria-label={label} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((entry) => (
          <li
            key={entry.key}
            ref={virtual.measureElement}
            data-index={entry.index}
            aria-setsize={items.length}
            aria-posinset={entry.index + 1}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${entry.start}px)` }}
          >
            {row(items[entry.index] as T, entry.index)}
          </li>
        ))}
      </ul>
    </div>
  );
}
