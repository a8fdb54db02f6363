import { addCalendarDays, at, calendarDay, startOfDay } from './dates.ts';

/** Hours of the day, `HH:MM` in company time, in which nobody is written to; over midnight when `from` is later than `to`. */
export type QuietHours = { from: string; to: string };

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** When the quiet hours that hold now are over, null when none hold. */
export function quietUntil(quiet: QuietHours | null, now: string, timeZone: string): string | null {
  if (!quiet) return null;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  if (from === to) return null;
  const today = calendarDay(now, timeZone);
  const minute = Math.floor((at(now) - at(startOfDay(today, timeZone))) / 60_000);
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return null;
  const day = from > to && minute >= from ? addCalendarDays(today, 1) : today;
  return new Date(at(startOfDay(day, timeZone)) + to * 60_000).toISOString();
}
