import { roles, type Role } from '#contract/roles.ts';
import { permissions, type Dependency } from '../view.ts';

const threadColumns = [
  'kind',
  'member_key',
  'subject',
  'student_id',
  'created_by',
  'last_message_at',
  'closed_at',
] as const;
/** Mentors to students of theirs. */
const broadcasters: Role[] = ['mentor', 'admin', 'superadmin'];
const isInbox = "t.kind = 'staff_inbox'";

export const message_threads = permissions('message_threads', {
  read: [
    { scope: 'th', key: 't.id', columns: threadColumns },
    // The team meets every student's inbox without being entered in it.
    { scope: 'es', key: 't.student_id', when: isInbox, columns: threadColumns },
    { scope: 'staff', when: isInbox, columns: threadColumns },
  ],
  write: [
    // With whom, `app_may_open_thread` says; to many only by command.
    {
      verb: 'insert',
      roles,
      columns: ['id', 'kind', 'member_key', 'subject', 'student_id', 'created_by'],
      result: `t.created_by = auth.uid() and t.last_message_at is null and t.closed_at is null
    and app_may_open_thread(t.kind, t.member_key)`,
    },
  ],
  commands: [{ name: 'send-broadcast', verb: 'insert', roles: broadcasters }],
});

const inThread = (rows: string): Dependency => ({
  on: 'message_threads',
  columns: ['kind', 'student_id', 'is_deleted'],
  rows,
});

const memberColumns = ['thread_id', 'user_id'] as const;
/** How far somebody has read, and what one hid, is nobody else's business. */
const ownColumns = [...memberColumns, 'unread_count', 'last_read_at', 'marked_unread', 'muted', 'hidden_ids'] as const;

export const thread_members = permissions('thread_members', {
  read: [
    { scope: 'u', key: 't.user_id', rank: 9, columns: ownColumns },
    { scope: 'th', key: 'sync_mutual_thread(t.thread_id)', columns: memberColumns },
    { scope: 'u', key: 'sync_sender_of_broadcast(t.thread_id)', columns: memberColumns },
    { scope: 'es', key: 'sync_student_of_inbox(t.thread_id)', columns: memberColumns },
    { scope: 'staff', when: 'sync_student_of_inbox(t.thread_id) is not null', columns: memberColumns },
  ],
  dependsOn: [inThread('select id from thread_members where thread_id = any($moved)')],
  write: [
    {
      verb: 'insert',
      // A student and a mentor are entered by the server, and read no conversation that they are not entered in.
      roles: ['enrollment_manager', 'admin', 'superadmin'],
      columns: ['id', 'thread_id', 'user_id', 'last_read_at', 'marked_unread', 'muted', 'hidden_ids'],
      // One's own state in a conversation one reads anyway; nobody enters himself or others into one.
      result: `t.user_id = auth.uid() and t.unread_count = 0
    and t.thread_id in (select h.id from message_threads h where h.kind = 'staff_inbox')`,
    },
    {
      verb: 'update',
      roles,
      columns: ['last_read_at', 'marked_unread', 'muted', 'hidden_ids'],
      rows: 't.user_id = auth.uid() and not t.is_deleted',
      result: 't.user_id = auth.uid()',
    },
  ],
});

const messageColumns = [
  'user_id',
  'thread_id',
  'content',
  'file_ids',
  'status',
  'template_name',
  'reply_to_id',
  'sent_at',
  'author_name',
] as const;

export const messages = permissions('messages', {
  read: [
    { scope: 'th', key: 't.thread_id', columns: messageColumns },
    { scope: 'es', key: 'sync_student_of_inbox(t.thread_id)', columns: messageColumns },
    { scope: 'staff', when: 'sync_student_of_inbox(t.thread_id) is not null', columns: messageColumns },
  ],
  dependsOn: [inThread('select id from messages where thread_id = any($moved)')],
  write: [
    {
      verb: 'insert',
      roles,
      columns: ['id', 'user_id', 'thread_id', 'content', 'file_ids', 'reply_to_id'],
      result: `t.user_id = auth.uid() and t.type = 'text' and t.status = 'sent' and t.author_name is null
    and app_may_write_in(t.thread_id)`,
    },
  ],
  commands: [{ name: 'send-broadcast', verb: 'insert', roles: broadcasters }],
});

const savedColumns = ['owner_id', 'kind', 'title', 'body'] as const;

export const saved_replies = permissions('saved_replies', {
  read: [{ scope: 'u', key: 't.owner_id', columns: savedColumns, roles: ['mentor', 'admin', 'superadmin'] }],
  write: [
    {
      verb: 'insert',
      roles: ['mentor', 'admin', 'superadmin'],
      columns: ['id', ...savedColumns],
      result: 't.owner_id = auth.uid()',
    },
    {
      verb: 'update',
      roles: ['mentor', 'admin', 'superadmin'],
      columns: ['kind', 'title', 'body', 'is_deleted'],
      rows: 't.owner_id = auth.uid() and not t.is_deleted',
      result: 't.owner_id = auth.uid()',
    },
  ],
});
