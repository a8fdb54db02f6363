import type { Role } from '#contract/roles.ts';
import { insertRow } from '../../sync-server/seed/insert-rows.ts';
import { createDice, createWorld, type World } from '../../sync-server/testing/oracle/world.ts';
import { assignMentor, enrol, type Person } from '../../sync-server/testing/people.ts';
import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import { password } from './cluster.ts';
import { absenceSchema } from './long-absence.ts';
import type { Kind } from './tokens.ts';

export type Cast = World & {
  /** In the order in which computers are given out; somebody always has two. */
  owners: Person[];
  /** The student without a computer, who may be erased. */
  absent: Person;
};

/** How many different academies seeds are spread over: to make one takes as long as to live through it. */
export const academies = 4;

/** The random academy of this number, with something to do for every student and a mark in every text that is there. */
export async function createAcademy({ server }: TestDatabase, number: number): Promise<World> {
  const world = await createWorld(server, createDice(number * 7919 + 1), password);
  for (const student of world.students) await giveLessons(world, server, student);
  for (const mentor of world.mentors.slice(0, 2)) await assign(server, mentor, world.students[0]!);
  await addSession(server, world.mentors[0]!);
  await server.query(watchEarlyWork);
  await server.query(absenceSchema);
  for (const [table, column, kind, owner] of texts)
    await server.query(
      `update ${table} set ${column} = '~${kind}:' || ${owner} || ':' || (1000000 + abs(hashtext(id::text)::bigint)) || '~' where ${column} is not null`,
    );
  return world;
}

/**
 * A student and a mentor of theirs, somebody else, and a second computer of one of the two; then whoever is left. Where roles are named
 * only those of them, in this order.
 */
export function castOf(world: World, seed: number, roles: readonly Role[] = []): Cast {
  const { people, students, mentors } = world;
  const dice = createDice(seed * 104_729 + 7);
  const [student, mentor, absent] = [students[0]!, mentors[0]!, students.at(-1)!];
  const others = people.filter(({ id }) => ![student.id, mentor.id, absent.id].includes(id));
  const rest: Person[] = [];
  while (others.length > 0) rest.push(...others.splice(dice.int(others.length), 1));
  const owners = [student, mentor, rest[0]!, dice.pick([student, student, mentor]), ...rest.slice(1)];
  const chosen = roles.length > 0 ? owners.filter(({ role }) => roles.includes(role)) : owners;
  if (chosen.length === 0) throw new Error(`nobody of this academy is ${roles.join(' or ')}`);
  return { ...world, absent, owners: chosen };
}

type Server = TestDatabase['server'];

/** Two published courses, most of whose lessons are open. */
async function giveLessons(cast: World, server: Server, { id }: Person): Promise<void> {
  await server.query('update courses set is_published = true where id = any($1)', [cast.courses.slice(0, 2)]);
  for (const course_id of cast.courses.slice(0, 2)) {
    const { rowCount } = await server.query(
      `update course_enrollments set status = 'active' where student_id = $1 and course_id = $2`,
      [id, course_id],
    );
    if (!rowCount) await enrol(server, id, { course_id });
  }
  await server.query(
    `insert into user_unlocks (user_id, lesson_id, is_unlocked, unlocked_at, source, reason)
     select $1, l.id, true, now() - interval '1 day' + make_interval(hours => case when l.id = any($3) then 2 else -2 end), 'rule', 'requirements_met'
     from available_lessons l where l.id = any($2)
     on conflict (user_id, lesson_id) do update set is_unlocked = true, unlocked_at = excluded.unlocked_at`,
    [id, cast.lessons.slice(0, 9), cast.lessons.filter((_, at) => at % 2 === 0)],
  );
  // Due in two hours or for two hours: a clock that is believed too much makes it late, or in time.
  await server.query('update assignments set due_days = 1 where lesson_id = any($1)', [cast.lessons]);
  const pathway = cast.pathways[0]!;
  await server.query('update learning_pathways set is_published = true where id = $1', [pathway]);
  await server.query(
    'update pathway_courses set is_choice_point = true, choice_group = 1, step_number = 2 where pathway_id = $1 and course_id = any($2)',
    [pathway, cast.courses.slice(1, 3)],
  );
  const { rowCount } = await server.query(
    `update course_enrollments set status = 'active' where student_id = $1 and pathway_id = $2`,
    [id, pathway],
  );
  if (!rowCount) await enrol(server, id, { pathway_id: pathway });
}

async function assign(server: Server, mentor: Person, student: Person): Promise<void> {
  const { rowCount } = await server.query(
    'update student_mentor_assignments set ended_at = null where mentor_id = $1 and student_id = $2',
    [mentor.id, student.id],
  );
  if (!rowCount) await assignMentor(server, mentor.id, student.id, { is_primary: false });
}

const addSession = (server: Server, mentor: Person): Promise<string> =>
  insertRow(server, 'success_sessions', {
    title: 'Now',
    start_time: new Date(Date.now() - 600_000).toISOString(),
    link: 'https://meet.example.test/now',
    notes: 'For the team',
    status: 'upcoming',
    mentor_id: mentor.id,
    audience: 'all',
  });

/** Notes work that is taken before its files are there: at the end of a round they are there in any case. */
const watchEarlyWork = `
  create schema simulation;
  create table simulation.early_work (id uuid);
  create function simulation.note_early_work() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
  begin
    insert into simulation.early_work select new.id where exists (
      select from unnest(new.file_ids) as named(id) left join files f on f.id = named.id where f.status is distinct from 'ready');
    return null;
  end $$;
  create trigger note_early_work after insert on submissions
    for each row when (new.client_at is not null) execute function simulation.note_early_work();`;

/** Texts of the academy, and whose they are: by the mark it is seen where they come to light. */
const texts: readonly (readonly [table: string, column: string, kind: Kind, owner: string])[] = [
  ['available_lessons', 'notes', 'staff', 'id'],
  ['lesson_notes', 'body', 'note', 'user_id'],
  ['submissions', 'content', 'work', 'student_id'],
  ['submission_reviews', 'notes', 'review', 'reviewer_id'],
  ['student_notes', 'body', 'about', 'student_id'],
  ['support_tickets', 'description', 'ticket', 'student_id'],
  ['support_ticket_replies', 'message', 'ticket', 'ticket_id'],
  ['messages', 'content', 'message', 'user_id'],
  ['saved_replies', 'body', 'saved', 'owner_id'],
  ['success_sessions', 'notes', 'staff', 'id'],
  ['success_sessions', 'zoom_passcode', 'link', 'id'],
  ['invoices', 'cancel_reason', 'staff', 'id'],
];
