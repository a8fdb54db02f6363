import { useRows } from '../data/index.ts';
import { cx } from '../ui/index.ts';

const productName = 'Growth OS';

/** The academy's name, from its settings; the product's own where there are none yet. */
export const useCompanyName = (): string => useRows('company_settings')?.[0]?.company_name ?? productName;

/** The academy's letter mark. */
export function BrandMark({ name, className }: { name: string; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        'flex size-7 shrink-0 items-center justify-center rounded-control bg-primary text-dense font-semibold text-on-primary select-none',
        className,
      )}
    >
      {name.trim()[0]?.toUpperCase() ?? 'G'}
    </span>
  );
}
