import { setTimeout as pause } from 'node:timers/promises';
import { changeSomething, createDice, type Dice } from '../../sync-server/testing/oracle/world.ts';
import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import type { Cast } from './people.ts';
import { mark } from './tokens.ts';

type Change = (cast: Cast, dice: Dice) => { text: string; values: unknown[] };

/** Students with a computer; where no student has one, the one that moves are about. */
const studentOwners = ({ owners, students }: Cast) => {
  const found = students.filter(({ id }) => owners.some((one) => one.id === id));
  return found.length > 0 ? found : students.slice(0, 1);
};

/** The academy decides anew who sees what; these concern people with computers, those of the random academy anybody. */
const moves: Change[] = [
  ({ mentors, students }, dice) => ({
    text: `insert into student_mentor_assignments (student_id, mentor_id, is_primary) values ($1, $2, false)
           on conflict (student_id, mentor_id) do update
           set ended_at = case when student_mentor_assignments.ended_at is null then now() end`,
    values: [students[0]!.id, dice.pick(mentors.slice(0, 2)).id],
  }),
  ({ mentors, courses }, dice) => ({
    text: `insert into mentor_course_assignments (mentor_id, course_id) values ($1, $2)
           on conflict (mentor_id, course_id) do update set is_deleted = not mentor_course_assignments.is_deleted`,
    values: [mentors[0]!.id, dice.pick(courses)],
  }),
  ({ students, courses }, dice) => ({
    text: `insert into course_enrollments (student_id, course_id, payment_status) values ($1, $2, 'paid')
           on conflict (student_id, course_id) do update
           set status = case course_enrollments.status when 'active' then 'cancelled' else 'active' end`,
    values: [students[0]!.id, dice.pick(courses.slice(0, 2))],
  }),
  // Locked again, or opened.
  (cast, dice) => ({
    text: `insert into user_unlocks (user_id, lesson_id, is_unlocked, unlocked_at, reason) values ($1, $2, true, now(), 'requirements_met')
           on conflict (user_id, lesson_id) do update
           set is_unlocked = not user_unlocks.is_unlocked, unlocked_at = case when user_unlocks.is_unlocked then null else now() end`,
    values: [dice.pick(studentOwners(cast)).id, dice.pick(cast.lessons)],
  }),
  ({ lessons }, dice) => ({
    text: 'update available_lessons set is_published = not is_published where id = $1',
    values: [dice.pick(lessons)],
  }),
  ({ mentors, students }, dice) => ({
    text: `update submissions set assigned_to = $2 where id = (select id from submissions where student_id = $1 order by id desc limit 1)`,
    values: [students[0]!.id, dice.pick(mentors).id],
  }),
  ({ mentors }, dice) => ({
    text: `update support_tickets set assigned_to = $1 where id = (select id from support_tickets order by md5(id::text || $2) limit 1)`,
    values: [mentors[0]!.id, String(dice.int(1e6))],
  }),
  // Suspended, and let in again.
  (cast, dice) => ({
    text: `update users set lms_status = case lms_status when 'active' then 'suspended' else 'active' end where id = $1`,
    values: [dice.pick(studentOwners(cast)).id],
  }),
  // Shut out and let in again; the round's end lets everybody in.
  ({ owners }, dice) => ({
    text: 'update users set login_blocked = not login_blocked where id = $1',
    values: [dice.pick(owners).id],
  }),
];

/** Moves that matter by what comes between them, each a transaction of its own. */
const journeys: ((cast: Cast, dice: Dice) => ReturnType<Change>[])[] = [
  // Out of every course and back; meanwhile something of them went, which nobody told those who were out.
  ({ students, lessons }, dice) => {
    const enrolled = (from: string, to: string) => ({
      text: `update course_enrollments set status = '${to}' where student_id = $1 and status = '${from}'`,
      values: [students[0]!.id],
    });
    const gone = (table: string) => ({
      text: `update ${table} set is_deleted = true where lesson_id = any($1)`,
      values: [[dice.pick(lessons.slice(0, 9)), dice.pick(lessons.slice(0, 9))]],
    });
    return [
      enrolled('active', 'cancelled'),
      gone('recording_attachments'),
      gone('assignments'),
      enrolled('cancelled', 'active'),
    ];
  },
  // A mentor who was given a piece of work hands it on, and goes on seeing it as the student's mentor.
  ({ students, mentors }) => {
    const work = 'select id from submissions where student_id = $1 order by id limit 2';
    const given = (mentor: string) => ({
      text: `update submissions set assigned_to = $2 where id in (${work})`,
      values: [students[0]!.id, mentor],
    });
    const assigned = {
      text: 'update student_mentor_assignments set ended_at = null where student_id = $1 and mentor_id = $2',
      values: [students[0]!.id, mentors[0]!.id],
    };
    return [assigned, given(mentors[0]!.id), given(mentors[1]!.id)];
  },
  // Removed, and then somebody writes what those who were removed must not hear of.
  ({ students, mentors }) => {
    const [student, mentor] = [students[0]!.id, mentors[0]!.id];
    return [
      {
        text: 'update student_mentor_assignments set ended_at = now() where student_id = $1 and mentor_id = $2',
        values: [student, mentor],
      },
      {
        text: `insert into student_notes (student_id, author_id, kind, body) values ($1, $2, 'note', $3)`,
        values: [student, mentors[1]!.id, mark('about', student)],
      },
    ];
  },
];

/** What others write on the server meanwhile. */
const elsewhere: Change[] = [
  ({ lessons }, dice) => ({
    text: 'update available_lessons set recording_title = $2 where id = $1',
    values: [dice.pick(lessons), `Lesson ${dice.int(1000)}`],
  }),
  ({ lessons }, dice) => {
    const lesson = dice.pick(lessons);
    return { text: 'update available_lessons set notes = $2 where id = $1', values: [lesson, mark('staff', lesson)] };
  },
  ({ owners }, dice) => {
    const { id } = dice.pick(owners);
    return {
      text: `insert into notifications (user_id, type, template_key, title, body) values ($1, 'x', 'x', 'News', $2)`,
      values: [id, mark('notice', id)],
    };
  },
  (cast, dice) => {
    const { id } = dice.pick(studentOwners(cast));
    return {
      text: `insert into submissions (student_id, assignment_id, version, content, client_submitted_at, status)
             select $1, $2, coalesce(max(version), 0) + 1, $3, now(), $4 from submissions where student_id = $1 and assignment_id = $2`,
      values: [id, dice.pick(cast.assignments), mark('work', id), dice.pick(['declined', 'withdrawn'])],
    };
  },
  (cast, dice) => ({
    text: `insert into recording_views (user_id, lesson_id, position_seconds) values ($1, $2, $3)
           on conflict (user_id, lesson_id) do update set watched = true, watched_at = now()`,
    values: [dice.pick(studentOwners(cast)).id, dice.pick(cast.lessons), dice.int(600)],
  }),
  ({ lessons }, dice) => ({
    text: `insert into recording_attachments (lesson_id, file_name, file_url) values ($1, 'Sheet', 'https://example.test/sheet')`,
    values: [dice.pick(lessons)],
  }),
  () => ({
    text: `update recording_attachments set is_deleted = true where id = (select id from recording_attachments where not is_deleted order by id limit 1)`,
    values: [],
  }),
];

/** Does something on the server; while Postgres is away it waits for it. */
export async function insist<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      // Deadlocks with what devices push, connections that broke, and changes that the academy as it stands does not allow.
      const isPassing = /^(40|08|57|23)/.test(code) || /terminated|ECONN|fetch failed/.test(String(error));
      if (!isPassing || attempt === 40) throw error;
      await pause(100);
    }
  }
}

export const moveScope = ({ server }: TestDatabase, cast: Cast, seed: number): Promise<void> =>
  insist(async (attempt) => {
    const dice = createDice(seed + attempt);
    if (dice.chance(0.5)) return void (await changeSomething(server, dice, cast));
    const changes = dice.chance(0.4) ? dice.pick(journeys)(cast, dice) : [dice.pick(moves)(cast, dice)];
    for (const { text, values } of changes) await server.query(text, values);
  });

export const writeElsewhere = ({ server }: TestDatabase, cast: Cast, seed: number): Promise<void> =>
  insist(async (attempt) => {
    const dice = createDice(seed + attempt);
    const { text, values } = dice.pick(elsewhere)(cast, dice);
    await server.query(text, values);
  });

/** Ends what was only for a while. */
export const letEverybodyIn = ({ server }: TestDatabase): Promise<void> =>
  insist(async () => void (await server.query('update users set login_blocked = false where login_blocked')));
