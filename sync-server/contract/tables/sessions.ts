import { z } from 'zod';
import { id, instant, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

export const sessionStatuses = ['draft', 'upcoming', 'live', 'completed', 'cancelled'] as const;
export const sessionAudiences = ['all', 'course', 'batches', 'unbatched'] as const;

/** A live session. What only its team may know is optional here; the host's own sign-in is no column of any device. */
export const successSessions = defineTable({
  name: 'success_sessions',
  family: 'sessions',
  row: z.object({
    ...standard,
    title: text,
    description: maybeText,
    start_time: instant,
    /** Null: an hour after the start. */
    end_time: maybeInstant,
    /** IANA name of the zone it was planned in; times themselves are instants. */
    timezone: maybeText,
    status: z.enum(sessionStatuses),
    /** Where to join. A student whose account is limited does not get it. */
    link: maybeText.optional(),
    /** Where to watch it afterwards; like `link`. */
    recording_url: maybeText.optional(),
    /** The team's own. */
    notes: maybeText.optional(),
    cancel_reason: maybeText,
    mentor_id: maybeId,
    /** The host's name when the session was planned. */
    mentor_name: maybeText,
    course_id: maybeId,
    pathway_id: maybeId,
    audience: z.enum(sessionAudiences).optional(),
    batch_ids: z.array(z.uuid()).max(50).optional(),
    drip_days: z.int().min(0).nullable().optional(),
    zoom_meeting_id: maybeText.optional(),
    zoom_passcode: maybeText.optional(),
  }),
  device: {},
});
export type SuccessSession = Doc<typeof successSessions>;

export const attendanceMethods = ['join', 'manual', 'import'] as const;

/** A student was at a session: told by the own device, or marked by the host. Once per student and session. */
export const sessionAttendance = defineTable({
  name: 'session_attendance',
  family: 'sessions',
  naturalKey: ['student_id', 'session_id'],
  row: z.object({
    ...standard,
    student_id: id,
    session_id: id,
    attended_at: instant,
    /** Device time of the join. */
    client_attended_at: maybeInstant,
    method: z.enum(attendanceMethods),
    /** The server heard of it after the session; it counted by the device's time. */
    is_flagged: z.boolean(),
  }),
  device: { dated: true, insert: ['id', 'student_id', 'session_id', 'client_attended_at', 'method'] },
});
export type SessionAttendance = Doc<typeof sessionAttendance>;
