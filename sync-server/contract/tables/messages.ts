import { z } from 'zod';
import { count, id, instant, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

export const threadKinds = ['direct', 'staff_inbox', 'broadcast'] as const;

/** A conversation. Its id follows from `member_key`, so that both sides make the same one. */
export const messageThreads = defineTable({
  name: 'message_threads',
  family: 'messages',
  naturalKey: ['member_key'],
  row: z.object({
    ...standard,
    kind: z.enum(threadKinds),
    /** `direct:<lower id>:<higher id>`, `staff_inbox:<student>` or `broadcast:<any id>`; see `contract/rules/messages.ts`. */
    member_key: text.max(120),
    subject: z.string().max(150).nullable(),
    /** Of a student's inbox with the team. */
    student_id: maybeId,
    created_by: id,
    last_message_at: maybeInstant,
    closed_at: maybeInstant,
  }),
  device: { insert: ['id', 'kind', 'member_key', 'subject', 'student_id', 'created_by'] },
});
export type MessageThread = Doc<typeof messageThreads>;

/** Who is in a conversation; the own row also says how far one has read. */
export const threadMembers = defineTable({
  name: 'thread_members',
  family: 'messages',
  naturalKey: ['thread_id', 'user_id'],
  row: z.object({
    ...standard,
    thread_id: id,
    user_id: id,
    /** Messages of others since `last_read_at`, counted by the server. */
    unread_count: count.optional(),
    last_read_at: maybeInstant.optional(),
    marked_unread: z.boolean().optional(),
    muted: z.boolean().optional(),
    /** Messages hidden for oneself. */
    hidden_ids: z.array(z.uuid()).max(2000).optional(),
  }),
  device: {
    insert: ['id', 'thread_id', 'user_id', 'last_read_at', 'marked_unread', 'muted', 'hidden_ids'],
    update: { last_read_at: 'max', marked_unread: 'lww', muted: 'lww', hidden_ids: 'lww' },
  },
});
export type ThreadMember = Doc<typeof threadMembers>;

export const messageStatuses = ['sent', 'delivered', 'read', 'failed'] as const;

/** One message; never changed by people. */
export const messages = defineTable({
  name: 'messages',
  family: 'messages',
  row: z.object({
    ...standard,
    user_id: id,
    thread_id: id,
    content: z.string().max(5000),
    file_ids: z.array(z.uuid()).max(5),
    /** How far it came; `queued` is the device's own word. */
    status: z.enum(messageStatuses),
    /** Set on what the program wrote. */
    template_name: maybeText,
    reply_to_id: maybeId,
    /** Server time; replaces the device's own order. */
    sent_at: instant,
    author_name: maybeText,
  }),
  device: { insert: ['id', 'user_id', 'thread_id', 'content', 'file_ids', 'reply_to_id'] },
});
export type Message = Doc<typeof messages>;

export const savedReplyKinds = ['review', 'ticket'] as const;

/** A text somebody of the team writes often. */
export const savedReplies = defineTable({
  name: 'saved_replies',
  family: 'messages',
  row: z.object({
    ...standard,
    owner_id: id,
    kind: z.enum(savedReplyKinds),
    title: z.string().min(1).max(100),
    body: z.string().min(1).max(5000),
  }),
  device: {
    insert: ['id', 'owner_id', 'kind', 'title', 'body'],
    update: { kind: 'lww', title: 'lww', body: 'lww' },
    delete: true,
  },
});
export type SavedReply = Doc<typeof savedReplies>;
