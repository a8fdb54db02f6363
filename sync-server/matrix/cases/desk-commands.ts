import { randomUUID } from 'node:crypto';
import { createCourse } from '../../testing/people.ts';
import type { At, CommandCase } from './format.ts';
import { studentOf } from './rows.ts';

const tomorrow = ({ stage }: At): string => new Date(stage.clock.now().getTime() + 86_400_000).toISOString();

/** A course that the person covers, where the person is a mentor. */
async function courseOf({ me, stage }: At): Promise<string> {
  const course_id = await createCourse(stage.database.server);
  if (me.role === 'mentor')
    await stage.insert('mentor_course_assignments', { mentor_id: me.id, course_id, is_global: false });
  return course_id;
}

/** A session of tomorrow that the person may change. */
const sessionOf = async (at: At, status: 'draft' | 'upcoming'): Promise<string> =>
  at.stage.insert('success_sessions', {
    title: 'Cost sheets, live',
    start_time: tomorrow(at),
    link: `https://meet.example/${randomUUID()}`,
    status,
    audience: 'course',
    course_id: await courseOf(at),
    mentor_id: at.me.role === 'mentor' ? at.me.id : null,
  });

/** A ticket that nobody has and the person reads. */
const ticketOf = async (at: At): Promise<string> =>
  at.stage.insert('support_tickets', {
    student_id: await studentOf(at),
    created_by: at.me.id,
    title: 'It does not open',
    description: 'The second lesson stays grey.',
  });

/** Commands about tickets, sessions, broadcasts and the Success Partner (workflows 3.21, 3.27, 3.32, 3.33). */
export const deskCommands: readonly CommandCase[] = [
  { name: 'assign-ticket', input: async (at) => ({ ticket_id: await ticketOf(at), assigned_to: at.me.id }) },
  {
    name: 'set-ticket-status',
    input: async (at) => ({
      ticket_id: await ticketOf(at),
      expected_status: 'open',
      status: 'resolved',
      note: 'It opens again.',
    }),
  },
  { name: 'set-ticket-priority', input: async (at) => ({ ticket_id: await ticketOf(at), priority: 'urgent' }) },
  {
    name: 'create-session',
    input: async (at) => ({
      title: 'Cost sheets, live',
      start_time: tomorrow(at),
      audience: 'course',
      course_id: await courseOf(at),
    }),
  },
  {
    name: 'update-session',
    input: async (at) => ({ session_id: await sessionOf(at, 'upcoming'), title: 'Cost sheets, again' }),
  },
  { name: 'delete-session', input: async (at) => ({ session_id: await sessionOf(at, 'draft') }) },
  { name: 'publish-session', input: async (at) => ({ session_id: await sessionOf(at, 'draft') }) },
  {
    name: 'cancel-session',
    input: async (at) => ({ session_id: await sessionOf(at, 'upcoming'), reason: 'The host is ill' }),
  },
  {
    name: 'send-broadcast',
    input: async (at) => ({
      subject: 'No session on Friday',
      content: 'We meet on Saturday.',
      user_ids: [await studentOf(at)],
    }),
  },
  {
    name: 'success-partner-credits',
    input: async ({ me, stage }) => {
      await stage.rows('delete from success_partner_credits where student_id = $1', [me.id]);
      return {};
    },
  },
  {
    name: 'admin-reset-sp-credits',
    input: async ({ stage }) => {
      const { id } = stage.person('student');
      const date = stage.clock.now().toISOString().slice(0, 10);
      await stage.rows(
        `insert into success_partner_credits (student_id, date, credits_used) values ($1, $2, 3)
         on conflict (student_id, date) do update set credits_used = 3`,
        [id, date],
      );
      return { user_id: id };
    },
  },
];
