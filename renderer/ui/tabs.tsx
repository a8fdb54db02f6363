import { Tabs as T } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export type TabItem<V extends string> = { value: V; label: string; count?: number; content?: ReactNode };

/** Tabs over panels. With `content` it renders the panels; without, the caller shows what the value says. */
export function Tabs<V extends string>({
  value,
  onChange,
  items,
  label,
  aside,
  className,
}: {
  value: V;
  onChange: (value: V) => void;
  items: readonly TabItem<V>[];
  label: string;
  aside?: ReactNode;
  className?: string;
}) {
  return (
    <T.Root value={value} onValueChange={(next) => onChange(next as V)} className={className}>
      <div className="flex items-center justify-between gap-4 border-b">
        <T.List aria-label={label} className="-mb-px flex gap-5">
          {items.map((item) => (
            <T.Trigger
              key={item.value}
              value={item.value}
              data-testid={`tab-${item.value}`}
              className={cx(
                'flex items-center gap-1.5 rounded-t-control border-b-2 border-transparent py-2.5 font-medium text-muted hover:text-ink',
                'data-[state=active]:border-primary data-[state=active]:text-ink',
              )}
            >
              {item.label}
              {item.count !== undefined && <span className="tabular text-caption text-muted">{item.count}</span>}
            </T.Trigger>
          ))}
        </T.List>
        {aside}
      </div>
      {items.map((item) => (
        <T.Content key={item.value} value={item.value} tabIndex={-1} className="pt-4 outline-none">
          {item.content}
        </T.Content>
      ))}
    </T.Root>
  );
}
