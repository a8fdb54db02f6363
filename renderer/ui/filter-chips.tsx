import { ToggleGroup } from 'radix-ui';
import { cx } from './cx.ts';

/** A row of filters of which one is on. */
export function FilterChips<V extends string>({
  value,
  onChange,
  items,
  label,
}: {
  value: V;
  onChange: (value: V) => void;
  items: readonly { value: V; label: string; count?: number }[];
  label: string;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      onValueChange={(next) => next && onChange(next as V)}
      aria-label={label}
      className="flex flex-wrap gap-1.5"
    >
      {items.map((item) => (
        <ToggleGroup.Item
          key={item.value}
          value={item.value}
          data-testid={`filter-${item.value}`}
          className={cx(
            'inline-flex h-7 items-center gap-1.5 rounded-full border px-3 text-dense text-muted hover:bg-subtle hover:text-ink',
            'data-[state=on]:border-transparent data-[state=on]:bg-primary-soft data-[state=on]:font-medium data-[state=on]:text-primary-ink',
          )}
        >
          {item.label}
          {item.count !== undefined && <span className="tabular text-caption">{item.count}</span>}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
