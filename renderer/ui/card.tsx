import { useId, type ComponentProps, type ReactNode } from 'react';
import { cx } from './cx.ts';

/** A surface with a border. Never a card in a card. */
export function Card({ className, padded = true, ...rest }: ComponentProps<'div'> & { padded?: boolean }) {
  return (
    <div
      {...rest}
      className={cx('rounded-card border bg-surface', padded && !/(^| )p-/.test(className ?? '') && 'p-4', className)}
    />
  );
}

/** A group under a heading; the heading names it for screen readers. */
export function Section({
  title,
  aside,
  children,
  className,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={cx('mt-8 first:mt-0', className)}>
      <div className="mb-3 flex min-h-7 items-center justify-between gap-4">
        <h2 id={id} className="text-reading">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Facts in two columns: what it is, and its value; unknown is a dash. */
export function Facts({
  items,
  className,
}: {
  items: readonly { label: string; value: ReactNode }[];
  className?: string;
}) {
  return (
    <dl className={cx('grid grid-cols-[minmax(120px,auto)_1fr] gap-x-6 gap-y-2', className)}>
      {items.map((item) => (
        <div key={item.label} className="contents">
          <dt className="text-muted">{item.label}</dt>
          <dd className="min-w-0 break-words" dir="auto">
            {item.value ?? '—'}
          </dd>
        </div>
      ))}
    </dl>
  );
}
