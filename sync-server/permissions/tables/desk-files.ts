import type { Role } from '#contract/roles.ts';
import type { Dependency, View } from '../view.ts';

const helpers: readonly Role[] = ['mentor', 'enrollment_manager'];
const attached = (internalToo: boolean) =>
  `sync_ticket_of_file(t.id, t.linked_table, t.linked_id, t.owner_id, ${internalToo})`;

/** Who reads the files of tickets, in the words of `files`: those who read the ticket, or the answer, that names them. */
const ticketFileViews = <Column extends string>(columns: readonly Column[]): View<Column>[] => [
  { scope: 'u', key: `sync_student_of_ticket(${attached(false)})`, columns, roles: ['student'] },
  { scope: 'u', key: `sync_opener_of_ticket(${attached(true)})`, columns, roles: helpers },
  { scope: 'u', key: `sync_assignee_of_ticket(${attached(true)})`, columns, roles: helpers },
  { scope: 'staff', when: `${attached(true)} is not null`, columns },
];

const sentIn = 'sync_thread_of_file(t.id, t.linked_table, t.linked_id, t.owner_id)';

/** Who reads the files of messages: those who read the message. */
const messageFileViews = <Column extends string>(columns: readonly Column[]): View<Column>[] => [
  { scope: 'th', key: sentIn, columns },
  { scope: 'es', key: `sync_student_of_inbox(${sentIn})`, columns },
  { scope: 'staff', when: `sync_student_of_inbox(${sentIn}) is not null`, columns },
];

/** The views of `files` that hang on tickets and conversations. */
export const deskFileViews = <Column extends string>(columns: readonly Column[]): View<Column>[] => [
  ...ticketFileViews(columns),
  ...messageFileViews(columns),
];

/** Files of the tickets `h` for which this holds, and of their answers. */
const filesOfTickets = (condition: string): string => `select f.id from files f join (
    select h.id as row_id from support_tickets h where ${condition}
    union all select r.id from support_ticket_replies r join support_tickets h on h.id = r.ticket_id where ${condition}
  ) named on named.row_id = f.linked_id where f.linked_table in ('support_tickets', 'support_ticket_replies')`;
const filesLinkedTo = (table: string): string =>
  `select id from files where linked_table = '${table}' and linked_id = any($moved)`;

/** Rows whose coming or moving changes who reads those files. */
export const deskFileDependencies: Dependency[] = [
  {
    on: 'support_tickets',
    columns: ['student_id', 'created_by', 'assigned_to', 'file_ids', 'is_deleted'],
    rows: filesOfTickets('h.id = any($moved)'),
    onInsert: true,
  },
  {
    on: 'support_ticket_replies',
    columns: ['is_internal', 'is_deleted'],
    rows: filesLinkedTo('support_ticket_replies'),
    onInsert: true,
  },
  { on: 'users', columns: ['role'], rows: filesOfTickets('h.created_by = any($moved) or h.assigned_to = any($moved)') },
  { on: 'messages', columns: ['thread_id', 'is_deleted'], rows: filesLinkedTo('messages'), onInsert: true },
  {
    on: 'message_threads',
    columns: ['kind', 'student_id', 'is_deleted'],
    rows: `select f.id from files f join messages m on m.id = f.linked_id
      where f.linked_table = 'messages' and m.thread_id = any($moved)`,
  },
];
