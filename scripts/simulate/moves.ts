import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import type { Cast } from './people.ts';
import { mark } from './tokens.ts';

type Change = (cast: Cast, dice: Dice) => { text: string; values: unknown[] };

/** The academy decides anew who sees what. */
const moves: Change[] = [
  ({ mentors, students }, dice) => ({
    text: `insert into student_mentor_assignments (student_id, mentor_id, is_primary) values ($1, $2, false)
           on conflict (student_id, mentor_id) do update
           set ended_at = case when student_mentor_assignments.ended_at is null then now() end`,
    values: [dice.pick(students).id, dice.pick(mentors).id],
  }),
  ({ mentors, courses }, dice) => ({
    text: `insert into mentor_course_assignments (mentor_id, course_id) values ($1, $2)
           on conflict (mentor_id, course_id) do update set is_deleted = not mentor_course_assignments.is_deleted`,
    values: [dice.pick(mentors).id, dice.pick(courses)],
  }),
  ({ students, courses }, dice) => ({
    text: `insert into course_enrollments (student_id, course_id, payment_status) values ($1, $2, 'paid')
           on conflict (student_id, course_id) do update
           set status = case course_enrollments.status when 'active' then 'cancelled' else 'active' end`,
    values: [dice.pick(students).id, dice.pick(courses)],
  }),
  ({ students, lessons }, dice) => ({
    text: `insert into user_unlocks (user_id, lesson_id, is_unlocked, unlocked_at, reason) values ($1, $2, true, now(), 'requirements_met')
           on conflict (user_id, lesson_id) do update
           set is_unlocked = not user_unlocks.is_unlocked, unlocked_at = case when user_unlocks.is_unlocked then null else now() end`,
    values: [dice.pick(students).id, dice.pick(lessons)],
  }),
  ({ lessons }, dice) => ({
    text: 'update available_lessons set is_published = not is_published where id = $1',
    values: [dice.pick(lessons)],
  }),
  ({ students, mentors }, dice) => ({
    text: `update submissions set assigned_to = $2 where id = (select id from submissions where student_id = $1 order by id limit 1)`,
    values: [dice.pick(students).id, dice.pick(mentors).id],
  }),
  // Shut out and let in again; the round's end lets everybody in.
  ({ students }, dice) => ({
    text: 'update users set login_blocked = not login_blocked where id = $1',
    values: [dice.pick(students.slice(1)).id],
  }),
  // Erased: the student without a computer goes for good, with all he has.
  ({ students }) => ({
    text: `with gone as (update users set is_deleted = true, full_name = 'Erased' where id = $1 returning id),
             work as (update submissions set is_deleted = true, content = '' where student_id = $1)
           update students set is_deleted = true where id = $1`,
    values: [students[2]!.id],
  }),
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
  ({ students, assignments }, dice) => {
    const { id } = dice.pick(students);
    return {
      text: `insert into submissions (student_id, assignment_id, version, content, client_submitted_at, status)
             select $1, $2, coalesce(max(version), 0) + 1, $3, now(), 'declined' from submissions where student_id = $1 and assignment_id = $2`,
      values: [id, dice.pick(assignments), mark('work', id)],
    };
  },
  ({ students, lessons }, dice) => ({
    text: `insert into recording_views (user_id, lesson_id, position_seconds) values ($1, $2, $3)
           on conflict (user_id, lesson_id) do update set watched = true, watched_at = now()`,
    values: [dice.pick(students).id, dice.pick(lessons), dice.int(600)],
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

/** Carries one change out; while Postgres is away it waits for it. */
async function change(database: TestDatabase, { text, values }: ReturnType<Change>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await database.server.query(text, values);
      return;
    } catch (error) {
      const { code = '' } = error as { code?: string };
      // Deadlocks with what devices push, and connections that broke.
      const isPassing = /^(40|08|57)/.test(code) || /terminated|ECONN/.test(String(error));
      if (!isPassing || attempt === 40) throw error;
      await pause(100);
    }
  }
}

export const moveScope = (database: TestDatabase, cast: Cast, dice: Dice): Promise<void> =>
  change(database, dice.pick(moves)(cast, dice));
export const writeElsewhere = (database: TestDatabase, cast: Cast, dice: Dice): Promise<void> =>
  change(database, dice.pick(elsewhere)(cast, dice));
/** Ends what was only for a while. */
export const letEverybodyIn = (database: TestDatabase): Promise<void> =>
  change(database, { text: 'update users set login_blocked = false where login_blocked', values: [] });
