import { cx } from './cx.ts';

const initialsOf = (name: string): string => {
  const words = name.trim().split(/\s+/);
  const first = words[0]?.[0] ?? '?';
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : '';
  return (first + last).toUpperCase();
};

/** A person's initials, or their picture. Decorative: the name stands beside it or on its button. */
export function Avatar({
  name,
  src,
  size = 'md',
  className,
}: {
  name: string;
  src?: string | null;
  size?: 'sm' | 'md' | 'lg';
  className?: string;
}) {
  const side = { sm: 'size-6 text-[10px]', md: 'size-8 text-caption', lg: 'size-14 text-section' }[size];
  if (src) return <img src={src} alt="" className={cx('shrink-0 rounded-full object-cover', side, className)} />;
  return (
    <span
      aria-hidden="true"
      className={cx(
        'inline-flex shrink-0 items-center justify-center rounded-full bg-primary-soft font-medium text-primary-ink select-none',
        side,
        className,
      )}
    >
      {initialsOf(name)}
    </span>
  );
}
