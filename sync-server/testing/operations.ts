import { randomUUID } from 'node:crypto';
import type { Operation } from '#contract/protocol.ts';
import type { TableName } from '#contract/tables/index.ts';

/** An operation as a device would send it now; give what the test is about. */
export const operation = (type: TableName, id: string, given: Partial<Operation> = {}): Operation => ({
  op: randomUUID(),
  type,
  id,
  base: null,
  set: {},
  client_at: new Date().toISOString(),
  ...given,
});

/** Device time of a while ago. */
export const minutesAgo = (count: number): string => new Date(Date.now() - count * 60_000).toISOString();

/** A new note of a person about a lesson that is open to them. */
export const noteOf = (userId: string, lessonId: string, set: Record<string, unknown> = {}): Operation =>
  operation('lesson_notes', randomUUID(), {
    set: { user_id: userId, lesson_id: lessonId, at_seconds: null, body: 'A thought', copy_of: null, ...set },
  });
