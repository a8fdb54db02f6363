import { cx } from './cx.ts';
import { formatDate, formatDateTime, formatRelative } from './format-time.ts';
import { useNow } from './now.tsx';

/** A moment: relative up to seven days, then the date; the exact time as title. `style="date"` for days without an hour. */
export function TimeText({
  at,
  style = 'relative',
  upcoming = false,
  className,
}: {
  at: Date | string | null;
  style?: 'relative' | 'date' | 'exact';
  /** It lies ahead: a next try, not something that was. */
  upcoming?: boolean;
  className?: string;
}) {
  const now = useNow();
  if (!at) return <span className={className}>—</span>;
  const when = typeof at === 'string' ? new Date(at) : at;
  const text = {
    relative: () => formatRelative(when, now, { upcoming }),
    date: () => formatDate(when),
    exact: () => formatDateTime(when),
  }[style]();
  return (
    <time
      dateTime={when.toISOString()}
      title={formatDateTime(when)}
      className={cx('whitespace-nowrap tabular', className)}
    >
      {text}
    </time>
  );
}
