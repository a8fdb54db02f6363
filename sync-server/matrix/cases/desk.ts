import { randomUUID } from 'node:crypto';
import { naturalId } from '#contract/natural-id.ts';
import { roles, type Role } from '#contract/roles.ts';
import { assignMentor, createPerson } from '../../testing/people.ts';
import type { At, InsertCase, TableCases } from './format.ts';
import { stranger, studentOf } from './rows.ts';

const staff = ['admin', 'superadmin'] as const;
const underAnotherName = (column: string): InsertCase['refused'] => ({
  'under another name': (row, { me, stage }) => ({ ...row, [column]: stage.somebodyElse(me).id }),
});

/** A ticket the person may answer: asked by the person, for the team on behalf of a student in scope. */
async function ticketOf(at: At): Promise<string> {
  const { me, stage } = at;
  return stage.insert('support_tickets', {
    student_id: me.role === 'student' ? me.id : await studentOf(at),
    created_by: me.id,
    title: 'It does not open',
    description: 'The second lesson stays grey.',
  });
}

/** A ticket that is none of the person's business. */
async function strangeTicket(at: At): Promise<string> {
  const student_id = await stranger(at);
  return at.stage.insert('support_tickets', {
    student_id,
    created_by: student_id,
    title: 'Of somebody else',
    description: 'Private.',
  });
}

const ticket = (who: readonly Role[], refused: InsertCase['refused'] = {}): InsertCase => ({
  roles: who,
  columns: 'id student_id created_by title description file_ids category priority follows_ticket_id',
  row: async (at) => ({
    id: randomUUID(),
    student_id: at.me.role === 'student' ? at.me.id : await studentOf(at),
    created_by: at.me.id,
    title: 'It does not open',
    description: 'The second lesson stays grey.',
    category: 'technical',
    priority: 'medium',
  }),
  refused: { ...underAnotherName('created_by'), ...refused },
});

const reply = (who: readonly Role[], refused: InsertCase['refused'] = {}): InsertCase => ({
  roles: who,
  columns: 'id ticket_id user_id message is_internal file_ids',
  row: async (at) => ({
    id: randomUUID(),
    ticket_id: await ticketOf(at),
    user_id: at.me.id,
    message: 'Please try again.',
    is_internal: false,
  }),
  refused: { ...underAnotherName('user_id'), ...refused },
});
const inStrangeTicket: InsertCase['refused'] = {
  'in a ticket of others': async (row, at) => ({ ...row, ticket_id: await strangeTicket(at) }),
};

/** Somebody new whom the person may write to. */
async function partnerOf({ me, stage }: At): Promise<string> {
  const db = stage.database.server;
  if (me.role !== 'student') return (await createPerson(db, 'admin')).id;
  const mentor = await createPerson(db, 'mentor');
  await assignMentor(db, mentor.id, me.id, { is_primary: false });
  return mentor.id;
}

const between = (a: string, b: string) => {
  const member_key = `direct:${[a, b].toSorted().join(':')}`;
  return { kind: 'direct', member_key, id: naturalId('message_threads', member_key) };
};

const thread = (who: readonly Role[], refused: InsertCase['refused'] = {}): InsertCase => ({
  roles: who,
  columns: 'id kind member_key subject student_id created_by',
  row: async (at) => ({ ...between(at.me.id, await partnerOf(at)), created_by: at.me.id }),
  refused: {
    ...underAnotherName('created_by'),
    'between two others': async (row, at) => {
      const [one, other] = [await partnerOf(at), at.stage.somebodyElse(at.me).id];
      return { ...row, ...between(one, other) };
    },
    'to many': (row) => {
      const member_key = `broadcast:${randomUUID()}`;
      return { ...row, kind: 'broadcast', member_key, id: naturalId('message_threads', member_key) };
    },
    ...refused,
  },
});

/** A conversation of two, with both entered in it. */
async function conversationOf(stage: At['stage'], one: string, other: string): Promise<string> {
  const { id, ...row } = between(one, other);
  await stage.insert('message_threads', { id, ...row, created_by: one });
  for (const user_id of [one, other]) await stage.insert('thread_members', { thread_id: id, user_id });
  return id;
}

/** The team's inbox of a new student. */
async function newInbox({ me, stage }: At): Promise<string> {
  const student = await createPerson(stage.database.server, 'student', {
    created_by: me.role === 'enrollment_manager' ? me.id : null,
  });
  return stage.insert('message_threads', {
    kind: 'staff_inbox',
    member_key: `staff_inbox:${student.id}`,
    student_id: student.id,
    created_by: student.id,
  });
}

const membershipOf = (thread_id: string, user_id: string) => ({
  id: naturalId('thread_members', thread_id, user_id),
  thread_id,
  user_id,
  muted: true,
});

/** A session that is going on. */
const sessionOf = (stage: At['stage'], mentor_id: string | null): Promise<string> =>
  stage.insert('success_sessions', {
    title: 'Questions and answers',
    start_time: new Date(stage.clock.now().getTime() - 600_000).toISOString(),
    end_time: new Date(stage.clock.now().getTime() + 3_000_000).toISOString(),
    link: `https://meet.example/${randomUUID()}`,
    status: 'upcoming',
    audience: 'all',
    mentor_id,
  });

const attendance = (student_id: string, session_id: string, method: string) => ({
  id: naturalId('session_attendance', student_id, session_id),
  student_id,
  session_id,
  method,
  client_attended_at: new Date().toISOString(),
});
const attendanceColumns = 'id student_id session_id client_attended_at method';

/** Tickets, conversations and sessions (data model 2.5, 2.11). */
export const desk: readonly TableCases[] = [
  {
    table: 'support_tickets',
    insert: [
      ticket(['student'], {
        'about somebody else': (row, { me, stage }) => ({ ...row, student_id: stage.somebodyElse(me).id }),
      }),
      ticket(['mentor', 'enrollment_manager'], {
        'about a student of others': async (row, at) => ({ ...row, student_id: await stranger(at) }),
      }),
      ticket(staff),
    ],
    update: [
      {
        roles: ['student'],
        columns: 'title description resolve_requested_at reopen_requested_at',
        rows: "t.student_id = $1 and t.status <> 'closed'",
        set: () => ({ description: 'The third one as well.' }),
        pushed: ticketOf,
      },
    ],
  },
  {
    table: 'support_ticket_replies',
    insert: [
      reply(['student'], {
        'in a ticket of others': async (row, { me, stage }) => ({
          ...row,
          ticket_id: await ticketOf({ me: stage.somebodyElse(me), stage }),
        }),
        'among the team': (row) => ({ ...row, is_internal: true }),
      }),
      reply(['mentor', 'enrollment_manager'], inStrangeTicket),
      reply(staff),
    ],
  },
  {
    table: 'message_threads',
    insert: [
      thread(['student', 'mentor', 'enrollment_manager'], {
        'with somebody out of reach': async (row, at) => ({
          ...row,
          ...between(at.me.id, (await createPerson(at.stage.database.server, 'student')).id),
        }),
      }),
      thread(staff),
    ],
  },
  {
    table: 'thread_members',
    insert: [
      {
        roles: ['enrollment_manager', ...staff],
        columns: 'id thread_id user_id last_read_at marked_unread muted hidden_ids',
        row: async (at) => membershipOf(await newInbox(at), at.me.id),
        refused: {
          'of somebody else': (row, { me, stage }) =>
            membershipOf(row['thread_id'] as string, stage.somebodyElse(me).id),
          'in a conversation of others': async (row, { me, stage }) => {
            const one = await createPerson(stage.database.server, 'admin');
            const other = await createPerson(stage.database.server, 'admin');
            return { ...row, ...membershipOf(await conversationOf(stage, one.id, other.id), me.id) };
          },
        },
      },
    ],
    update: [
      {
        roles,
        columns: 'last_read_at marked_unread muted hidden_ids',
        rows: 't.user_id = $1',
        set: (row) => ({ muted: row['muted'] !== true }),
        given: async (at) => conversationOf(at.stage, at.me.id, await partnerOf(at)),
      },
    ],
  },
  {
    table: 'messages',
    insert: [
      {
        roles,
        columns: 'id user_id thread_id content file_ids reply_to_id',
        row: async (at) => ({
          id: randomUUID(),
          user_id: at.me.id,
          thread_id: await conversationOf(at.stage, at.me.id, await partnerOf(at)),
          content: 'Salam',
        }),
        refused: {
          ...underAnotherName('user_id'),
          'in a conversation of others': async (row, { stage }) => {
            const one = await createPerson(stage.database.server, 'admin');
            const other = await createPerson(stage.database.server, 'admin');
            return { ...row, thread_id: await conversationOf(stage, one.id, other.id) };
          },
        },
      },
    ],
  },
  {
    table: 'saved_replies',
    insert: [
      {
        roles: ['mentor', ...staff],
        columns: 'id owner_id kind title body',
        row: ({ me }) => ({ id: randomUUID(), owner_id: me.id, kind: 'ticket', title: 'Thanks', body: 'Thank you.' }),
        refused: underAnotherName('owner_id'),
      },
    ],
    update: [
      {
        roles: ['mentor', ...staff],
        columns: 'kind title body',
        rows: 't.owner_id = $1',
        set: () => ({ title: 'Many thanks' }),
        given: ({ me, stage }) =>
          stage.insert('saved_replies', { owner_id: me.id, kind: 'ticket', title: 'Thanks', body: 'Thank you.' }),
      },
    ],
    delete: { roles: ['mentor', ...staff], rows: 't.owner_id = $1' },
  },
  {
    table: 'session_attendance',
    insert: [
      {
        roles: ['student'],
        columns: attendanceColumns,
        row: async ({ me, stage }) => attendance(me.id, await sessionOf(stage, null), 'join'),
        refused: {
          'of somebody else': (row, { me, stage }) =>
            attendance(stage.somebodyElse(me).id, row['session_id'] as string, 'join'),
          'marked by oneself': (row) => ({ ...row, method: 'manual' }),
        },
      },
      {
        roles: ['mentor'],
        columns: attendanceColumns,
        row: async (at) => attendance(await studentOf(at), await sessionOf(at.stage, at.me.id), 'manual'),
        refused: {
          'in a session of others': async (row, at) => ({
            ...attendance(row['student_id'] as string, await sessionOf(at.stage, null), 'manual'),
          }),
        },
      },
      {
        roles: staff,
        columns: attendanceColumns,
        row: async ({ stage }) => attendance(stage.person('student').id, await sessionOf(stage, null), 'manual'),
        refused: { 'as if joined': (row) => ({ ...row, method: 'join' }) },
      },
    ],
  },
];
