import { z } from 'zod';
import type { Tone } from '../ui/index.ts';

const bannerSchema = z.object({
  enabled: z.boolean(),
  message: z.string().min(1),
  start_date: z.string().nullish(),
  end_date: z.string().nullish(),
  background_color: z.enum(['blue', 'yellow', 'red', 'green']).catch('blue'),
  dismissible: z.boolean().catch(true),
});

const tones = { blue: 'info', yellow: 'warn', red: 'bad', green: 'ok' } as const satisfies Record<string, Tone>;

export type Announcement = { message: string; tone: Tone; dismissible: boolean };

/** The academy's announcement if it is to be shown now; a value that is not one is none. */
export const readAnnouncement = (value: unknown, now: Date): Announcement | null => {
  const parsed = bannerSchema.safeParse(value);
  if (!parsed.success || !parsed.data.enabled) return null;
  const { start_date, end_date, message, background_color, dismissible } = parsed.data;
  if (start_date && new Date(start_date) > now) return null;
  if (end_date && new Date(end_date) < now) return null;
  return { message, tone: tones[background_color], dismissible };
};
