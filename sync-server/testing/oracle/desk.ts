import { covered, looksAfter, reached } from './fragments.ts';
import type { Oracle, Rules } from './rule.ts';

const announced =
  'title description start_time end_time timezone status cancel_reason mentor_id mentor_name course_id pathway_id';
const withLink = `${announced} link recording_url`;
const plan = `${withLink} notes audience batch_ids drip_days zoom_meeting_id zoom_passcode`;
const attendance = 'student_id session_id attended_at client_attended_at method is_flagged';
const ticket =
  'student_id created_by ticket_number title description file_ids category priority status follows_ticket_id first_response_at resolved_at closed_at resolve_requested_at reopen_requested_at';
const ticketOfTeam = `${ticket} assigned_to response_due_at breached_at`;
const reply = 'ticket_id user_id message author_name author_role is_internal file_ids';
const thread = 'kind member_key subject student_id created_by last_message_at closed_at';
const member = 'thread_id user_id';
const ownMember = `${member} unread_count last_read_at marked_unread muted hidden_ids`;
const message = 'user_id thread_id content file_ids status template_name reply_to_id sent_at author_name';
const file = 'bucket owner_id path original_name mime bytes sha256 status linked_table linked_id';

/** Workflows 3.27: everybody enrolled; enrolled in the course; in one of the batches (and the course); in the course without batch, before the start. */
const meant = `t.status <> 'draft' and case t.audience
  when 'all' then exists (select from course_enrollments e where e.student_id = $1 and e.status <> 'cancelled')
  when 'course' then t.course_id in (${reached('$1')})
  when 'batches' then exists (
      select from course_enrollments e where e.student_id = $1 and e.status <> 'cancelled' and e.batch_id = any (t.batch_ids))
    and (t.course_id is null or t.course_id in (${reached('$1')}))
  else t.course_id in (${reached('$1', 'and e.batch_id is null and e.enrolled_at < t.start_time')}) end`;
const learning = "(select u.lms_status in ('active', 'complete') from users u where u.id = $1)";

const myTickets = `(select h.id from support_tickets h where not h.is_deleted and (h.created_by = $1 or h.assigned_to = $1))`;

/** Whose conversation: two named in the key, a student's own inbox, or who was sent a broadcast. */
const myThreads = `(select h.id from message_threads h join thread_members m on m.thread_id = h.id
  where m.user_id = $1 and not m.is_deleted and not h.is_deleted and (h.kind <> 'staff_inbox' or h.student_id = $1))`;
const inboxes = "(select h.id from message_threads h where h.kind = 'staff_inbox' and not h.is_deleted)";
const inboxesOfMine = `(select h.id from message_threads h where h.kind = 'staff_inbox' and not h.is_deleted and h.student_id in ${looksAfter})`;
const broadcasts = "(select h.id from message_threads h where h.kind = 'broadcast' and not h.is_deleted)";
const myBroadcasts = `(select h.id from message_threads h where h.kind = 'broadcast' and not h.is_deleted and h.created_by = $1)`;

const named = (rows: string) => `t.id in (select unnest(w.file_ids) from ${rows})`;
const fileOfMessage = (threads: string) =>
  named(
    `messages w where t.linked_table = 'messages' and t.linked_id = w.id and t.owner_id = w.user_id and w.thread_id in ${threads}`,
  );
const fileOfTicket = (tickets: string, replies = 'true') =>
  `(${named(
    `support_tickets w where t.linked_table = 'support_tickets' and t.linked_id = w.id and t.owner_id = w.created_by and w.id in ${tickets}`,
  )} or ${named(
    `support_ticket_replies w where t.linked_table = 'support_ticket_replies' and t.linked_id = w.id and t.owner_id = w.user_id and w.ticket_id in ${tickets} and ${replies}`,
  )})`;

const own: Rules = {
  message_threads: [{ rows: `t.id in ${myThreads}`, columns: thread }],
  thread_members: [
    { rows: 't.user_id = $1', columns: ownMember },
    { rows: `t.thread_id in ${myThreads} and t.thread_id not in ${broadcasts}`, columns: member },
    { rows: `t.thread_id in ${myBroadcasts}`, columns: member },
  ],
  messages: [{ rows: `t.thread_id in ${myThreads}`, columns: message }],
  files: [{ rows: fileOfMessage(myThreads), columns: file }],
};

const ownTickets = '(select h.id from support_tickets h where h.student_id = $1 and not h.is_deleted)';

const asStudent: Rules = {
  success_sessions: [
    { rows: meant, columns: announced },
    { rows: `${meant} and ${learning}`, columns: withLink },
  ],
  session_attendance: [{ rows: 't.student_id = $1', columns: attendance }],
  support_tickets: [{ rows: 't.student_id = $1', columns: ticket }],
  support_ticket_replies: [{ rows: `not t.is_internal and t.ticket_id in ${ownTickets}`, columns: reply }],
  files: [{ rows: fileOfTicket(ownTickets, 'not w.is_internal'), columns: file }],
  success_partner_messages: [
    {
      rows: 't.student_id = $1',
      columns: 'student_id role content sent_at date conversation_id status reply_to_id error_code feedback',
    },
  ],
  success_partner_credits: [{ rows: 't.student_id = $1', columns: 'student_id date credits_used daily_limit' }],
};

const asHelper: Rules = {
  support_tickets: [{ rows: `t.id in ${myTickets}`, columns: ticketOfTeam }],
  support_ticket_replies: [{ rows: `t.ticket_id in ${myTickets}`, columns: reply }],
  files: [{ rows: fileOfTicket(myTickets), columns: file }],
};

const saved: Rules = { saved_replies: [{ rows: 't.owner_id = $1', columns: 'owner_id kind title body' }] };

const asMentor: Rules = {
  ...asHelper,
  ...saved,
  success_sessions: [
    { rows: 't.mentor_id = $1', columns: plan },
    { rows: `t.status <> 'draft' and t.course_id in ${covered}`, columns: plan },
  ],
  session_attendance: [
    {
      rows: 't.session_id in (select s.id from success_sessions s where s.mentor_id = $1 and not s.is_deleted)',
      columns: attendance,
    },
  ],
};

/** Conversations of students with the team, for those of the team who may read these. */
const ofInboxes = (threads: string): Rules => ({
  message_threads: [{ rows: `t.id in ${threads}`, columns: thread }],
  thread_members: [{ rows: `t.thread_id in ${threads}`, columns: member }],
  messages: [{ rows: `t.thread_id in ${threads}`, columns: message }],
  files: [{ rows: fileOfMessage(threads), columns: file }],
});

const every = '(select h.id from support_tickets h where not h.is_deleted)';
const asStaff: Rules = {
  ...ofInboxes(inboxes),
  ...saved,
  files: [
    { rows: fileOfMessage(inboxes), columns: file },
    { rows: fileOfTicket(every), columns: file },
  ],
  success_sessions: [{ rows: 'true', columns: plan }],
  session_attendance: [{ rows: 'true', columns: attendance }],
  support_tickets: [{ rows: 'true', columns: ticketOfTeam }],
  support_ticket_replies: [{ rows: `t.ticket_id in ${every}`, columns: reply }],
  success_partner_credits: [{ rows: 'true', online: 'student_id date credits_used daily_limit' }],
};

const asManager: Rules = {
  ...asHelper,
  ...ofInboxes(inboxesOfMine),
  files: [
    { rows: fileOfMessage(inboxesOfMine), columns: file },
    { rows: fileOfTicket(myTickets), columns: file },
  ],
};

/** Sessions, tickets, conversations and the Success Partner. */
export const desk: Oracle = {
  everyone: own,
  student: asStudent,
  mentor: asMentor,
  enrollment_manager: asManager,
  admin: asStaff,
  superadmin: asStaff,
};
