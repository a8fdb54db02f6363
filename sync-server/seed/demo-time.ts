const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Instants of the demo, counted back from the moment it is made. */
export type DemoTime = {
  now: Date;
  /** ISO instant this many days ago (negative: ahead). */
  daysAgo(days: number): string;
};

export const createDemoTime = (now: Date): DemoTime => ({
  now,
  daysAgo: (days) => new Date(now.getTime() - days * dayMs).toISOString(),
});

export const later = (instant: string, { days = 0, hours = 0 }: { days?: number; hours?: number }): string =>
  new Date(Date.parse(instant) + days * dayMs + hours * hourMs).toISOString();

/** The earlier of two instants. */
export const earliest = (a: string, b: string): string => (Date.parse(a) <= Date.parse(b) ? a : b);
export const calendarDay = (instant: string): string => instant.slice(0, 10);
