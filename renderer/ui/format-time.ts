import i18next from 'i18next';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `12 Aug 2026`, in the device's zone. */
export const formatDate = (at: Date, language = 'en-GB'): string =>
  new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }).format(at);

/** `12 Aug 2026, 14:05`. */
export const formatDateTime = (at: Date, language = 'en-GB'): string =>
  new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);

/** `14:05`. */
export const formatClock = (at: Date, language = 'en-GB'): string =>
  new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(at);

/**
 * Relative up to seven days either way (`2 hours ago`, `in 3 days`), the date beyond. `now` ticks twice a minute, so what
 * has just happened may lie a little after it: only what is said to be `upcoming` is *in a moment*.
 */
export const formatRelative = (at: Date, now: Date, { upcoming = false, language = 'en-GB' } = {}): string => {
  const away = at.getTime() - now.getTime();
  const far = Math.abs(away);
  if (far >= 7 * day) return formatDate(at, language);
  if (far < 45_000) return i18next.t(upcoming && away >= 0 ? 'ui:time.soon' : 'ui:time.now');
  const say = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (far < 45 * minute) return say.format(Math.round(away / minute), 'minute');
  if (far < 22 * hour) return say.format(Math.round(away / hour), 'hour');
  return say.format(Math.round(away / day), 'day');
};

/** A length of playing time: `12:40`, `1:02:05`. */
export const formatPosition = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${hours ? two(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
};

/** `340 kB`, `2.1 MB`, in steps of 1000 as file managers do. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 'B';
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${unit}`;
};
