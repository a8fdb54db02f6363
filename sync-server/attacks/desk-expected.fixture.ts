/** Columns of a row that somebody may read, by table; none: an empty text. */
type Allowed = Record<string, (row: Record<string, unknown>) => string>;

const announced = 'title description timezone cancel_reason mentor_name';
const plan = `${announced} notes zoom_meeting_id zoom_passcode`;
const reply = 'message author_name author_role';
const said = 'content template_name author_name';
const file = 'path original_name mime bytes';

/** What hangs together in the rows of the scan: whose ticket, whose conversation, which file in which answer. */
export type DeskFacts = {
  tickets: readonly { id: string; student_id: string }[];
  replies: readonly { is_internal: boolean; ticket_id: string; file_ids: readonly string[] }[];
  threads: readonly { id: string; kind: string; student_id: string | null; members: readonly string[] }[];
};

type People = { student: string; host: string; admin: string; isOfManager: (id: unknown) => boolean };

/** What the specification lets each reader have of sessions, tickets and conversations, for the canary scan. */
export function expectedDesk(
  facts: DeskFacts,
  { student, host, admin, isOfManager }: People,
): Record<'ayesha' | 'bilal' | 'omar' | 'dua' | 'sana', Allowed> {
  const isTicketOf = (id: unknown) => facts.tickets.some((one) => one.id === id && one.student_id === student);
  const isThread = (holds: (thread: DeskFacts['threads'][number]) => boolean) => (id: unknown) =>
    facts.threads.some((one) => one.id === id && holds(one));
  const talk = (isMine: (id: unknown) => boolean): Allowed => ({
    message_threads: ({ id }) => (isMine(id) ? 'subject' : ''),
    messages: ({ thread_id }) => (isMine(thread_id) ? said : ''),
  });
  const fileOfReply =
    (isShown: (one: DeskFacts['replies'][number]) => boolean) =>
    ({ id }: Record<string, unknown>) =>
      facts.replies.some((one) => one.file_ids.includes(id as string) && isShown(one)) ? file : '';
  const staff: Allowed = {
    ...talk(isThread(({ kind }) => kind === 'staff_inbox')),
    success_sessions: () => plan,
    support_tickets: () => 'title description',
    support_ticket_replies: () => reply,
    files: fileOfReply(() => true),
  };
  return {
    ayesha: {
      ...talk(isThread(({ members }) => members.includes(student))),
      success_sessions: ({ status }) => (status === 'draft' ? '' : announced),
      support_tickets: ({ id }) => (isTicketOf(id) ? 'title description' : ''),
      support_ticket_replies: ({ ticket_id, is_internal }) => (isTicketOf(ticket_id) && !is_internal ? reply : ''),
      files: fileOfReply(({ ticket_id, is_internal }) => isTicketOf(ticket_id) && !is_internal),
      success_partner_messages: ({ student_id }) => (student_id === student ? 'content error_code' : ''),
    },
    bilal: {
      success_sessions: ({ mentor_id }) => (mentor_id === host ? plan : ''),
      saved_replies: ({ owner_id }) => (owner_id === host ? 'title body' : ''),
    },
    omar: talk(isThread(({ kind, student_id }) => kind === 'staff_inbox' && isOfManager(student_id))),
    dua: { ...staff, saved_replies: ({ owner_id }) => (owner_id === admin ? 'title body' : '') },
    sana: staff,
  };
}
