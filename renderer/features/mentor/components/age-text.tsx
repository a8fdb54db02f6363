import { useTranslation } from 'react-i18next';
import { cx, formatDateTime, useNow } from '../../../ui/index.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long something has been waiting, in one unit: a list of waiting work is read by age, and every row says it alike. */
export function AgeText({ since, className }: { since: string; className?: string }) {
  const { t } = useTranslation('mentor');
  const age = Math.max(0, useNow().getTime() - Date.parse(since));
  const text =
    age >= 2 * day
      ? t('age.days', { count: Math.floor(age / day) })
      : age >= hour
        ? t('age.hours', { count: Math.floor(age / hour) })
        : t('age.minutes', { count: Math.floor(age / minute) });
  return (
    <time
      dateTime={since}
      title={formatDateTime(new Date(since))}
      className={cx('whitespace-nowrap tabular', className)}
    >
      {text}
    </time>
  );
}
