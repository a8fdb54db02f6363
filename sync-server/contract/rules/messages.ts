import { naturalId } from '../natural-id.ts';
import type { MessageThread } from '../tables/messages.ts';

/** Files of one message or ticket (workflows 3.32, 3.33). */
export const attachmentLimit = { files: 5, bytes: 10 * 1024 * 1024 } as const;

/** The key of the conversation between two people, whoever begins it. */
export const directKey = (one: string, other: string): string => `direct:${[one, other].toSorted().join(':')}`;
/** The key of a student's conversation with the team. */
export const inboxKey = (studentId: string): string => `staff_inbox:${studentId}`;
/** The id that follows from a conversation's key: both sides make the same one while offline. */
export const threadId = (memberKey: string): string => naturalId('message_threads', memberKey);

/** The people a key names: two of a direct conversation, the student of an inbox, nobody of one to many. */
export function namedIn({ kind, member_key }: Pick<MessageThread, 'kind' | 'member_key'>): string[] {
  const [prefix, ...ids] = member_key.split(':');
  return prefix === kind && kind !== 'broadcast' ? ids : [];
}

/** Whether a new conversation says one thing: the kind, the key, and the student where it is an inbox. */
export function isWellFormed(thread: Pick<MessageThread, 'kind' | 'member_key' | 'student_id'>): boolean {
  const named = namedIn(thread);
  if (thread.kind === 'direct')
    return named.length === 2 && thread.student_id === null && thread.member_key === directKey(named[0]!, named[1]!);
  return (
    thread.kind === 'staff_inbox' && thread.student_id !== null && thread.member_key === inboxKey(thread.student_id)
  );
}
