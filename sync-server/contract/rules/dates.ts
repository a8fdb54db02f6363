const dayMilliseconds = 86_400_000;

/** Milliseconds since 1970 of an ISO instant; rules compare numbers, never texts. */
export const at = (instant: string): number => Date.parse(instant);

/** An instant a number of whole days (24 h each) later. */
export const addDays = (instant: string, days: number): string =>
  new Date(at(instant) + days * dayMilliseconds).toISOString();

/** A calendar day a number of days later, `2026-12-31` + 1 = `2027-01-01`. */
export const addCalendarDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) + days * dayMilliseconds).toISOString().slice(0, 10);

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's wall clock is ahead of UTC at this moment, in milliseconds. */
function zoneOffset(moment: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
  return wall - Math.floor(moment / 1000) * 1000;
}

/** The instant at which a calendar day begins in a time zone (IANA name). */
export function startOfDay(day: string, timeZone: string): string {
  const midnight = Date.parse(`${day.slice(0, 10)}T00:00:00Z`);
  // The offset is asked twice: the first guess may lie on the other side of a clock change.
  const guess = midnight - zoneOffset(midnight, timeZone);
  return new Date(midnight - zoneOffset(guess, timeZone)).toISOString();
}

/** The calendar day it is in a time zone at an instant. */
export const calendarDay = (instant: string, timeZone: string): string =>
  new Date(at(instant) + zoneOffset(at(instant), timeZone)).toISOString().slice(0, 10);
