import { z } from 'zod';
import { id } from '../columns.ts';

/** What a person is at. Kinds and ids only: there is no field that could say where somebody is. */
export const reportPresenceSchema = z.strictObject({
  device_label: z.string().trim().min(1).max(80).nullable().default(null),
  device_fingerprint: z.string().max(200).nullable().default(null),
  current_activity: z
    .strictObject({ kind: z.enum(['lesson', 'assignment', 'session', 'messages', 'other']), id: z.uuid().optional() })
    .nullable()
    .default(null),
});
/** A person counts as present for 90 seconds after a report. */
export const presenceReportedSchema = z.object({ next_in_seconds: z.int() });

export const dismissSignalSchema = z.strictObject({ id, dismissed: z.boolean().default(true) });
export const warnSchema = z.strictObject({ incident_id: id, note: z.string().trim().min(3).max(2000) });
export const resolveErrorSchema = z.strictObject({ id, resolved: z.boolean().default(true) });
export const judgedSchema = z.object({ id });
