import { z } from 'zod';
import { id, maybeId, maybeText, standard } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** What a device may notice while a lesson plays (workflows 3.37). Each is a hint for people to judge. */
export const captureSignals = [
  'screen_capture',
  'extension',
  'picture_in_picture',
  'bulk_download_pattern',
  'devtools',
  'screenshot_key',
] as const;
export type CaptureSignal = (typeof captureSignals)[number];

export const errorTypes = ['ui', 'database', 'api', 'network', 'validation', 'auth', 'integration', 'unknown'] as const;

const details = z.record(z.string(), z.unknown());

/** Something a student's device noticed; leaves the device once the server has it. */
export const securitySignals = defineTable({
  name: 'security_signals',
  family: 'notifications',
  row: z.object({
    ...standard,
    student_id: id,
    signal_type: z.enum(captureSignals),
    /** The lesson that was on the screen. */
    video_id: maybeId,
    /** One sitting in front of the player. */
    session_id: maybeId,
    page_url: z.string().max(2000).nullable(),
    device_label: z.string().max(80).nullable(),
    details,
  }),
  device: {
    insert: ['id', 'student_id', 'signal_type', 'video_id', 'session_id', 'page_url', 'device_label', 'details'],
    pushOnly: true,
  },
});
export type SecuritySignal = Doc<typeof securitySignals>;

/** A lesson was opened, or is still playing; leaves the device once the server has it. Keeping one for offline use is no opening. */
export const videoAccessEvents = defineTable({
  name: 'video_access_events',
  family: 'learning',
  row: z.object({
    ...standard,
    user_id: id,
    lesson_id: maybeId,
    event_type: z.enum(['open', 'heartbeat']),
    session_id: maybeId,
    device_label: z.string().max(80).nullable(),
    metadata: details,
  }),
  device: {
    insert: ['id', 'user_id', 'lesson_id', 'event_type', 'session_id', 'device_label', 'metadata'],
    pushOnly: true,
  },
});
export type VideoAccessEvent = Doc<typeof videoAccessEvents>;

/** A fault the app met; leaves the device once the server has it. The server takes out what looks like a secret. */
export const errorLogs = defineTable({
  name: 'error_logs',
  family: 'notifications',
  row: z.object({
    ...standard,
    /** Who met it; null once the person is gone. */
    user_id: maybeId,
    error_type: z.enum(errorTypes),
    error_code: maybeText,
    error_message: z.string(),
    error_details: details.nullable(),
    stack_trace: maybeText,
    url: maybeText,
    user_agent: maybeText,
    severity: z.enum(['info', 'warning', 'error', 'critical']),
    app_version: maybeText,
  }),
  device: {
    insert: [
      'id',
      'user_id',
      'error_type',
      'error_code',
      'error_message',
      'error_details',
      'stack_trace',
      'url',
      'user_agent',
      'severity',
      'app_version',
    ],
    pushOnly: true,
  },
});
export type ErrorLog = Doc<typeof errorLogs>;
