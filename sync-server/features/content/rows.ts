import { asActor } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import type { Concerned, ContentChange, ContentContext, ContentKind, ContentRow } from './content-kind.ts';

type PgError = Error & { code?: string; constraint?: string };

/** What the database refuses, in words for the one who asked. */
function refusalOf(error: unknown): unknown {
  const { code, constraint } = error as PgError;
  if (constraint === 'batches_start_date_frozen')
    return new AppError('CONFLICT', { message: 'The batch has begun; its first day stands.', cause: error });
  if (constraint === 'pathway_courses_one_step')
    return new AppError('INVALID_INPUT', { message: 'Courses of one choice stand at one step.', cause: error });
  if (code === '23505') return new AppError('CONFLICT', { message: 'This exists already.', cause: error });
  if (code === '23503' || code === '23514' || code === '23502' || code === '22003' || code === '22008')
    return new AppError('INVALID_INPUT', { cause: error });
  return error;
}

/** One change of content, as the person and in one transaction. */
export async function inContent<T>(
  { deps, actor, session, now }: CommandContext,
  work: (context: ContentContext) => Promise<T>,
): Promise<T> {
  try {
    return await asActor(deps.people, actor, (tx) => work({ tx, deps, actor, now }), {
      claims: { session_id: session.id },
    });
  } catch (error) {
    throw refusalOf(error);
  }
}

/** The whole row, locked; null where there is none. */
export async function readRow(
  { tx, deps }: ContentContext,
  { table }: ContentKind,
  id: string,
): Promise<ContentRow | null> {
  const { rows } = await tx.query<{ row: ContentRow | null }>('select server_content_row($1, $2, $3) as row', [
    deps.serverKey,
    table,
    id,
  ]);
  return rows[0]!.row;
}

/** A mentor writes in courses he covers and nowhere else; staff write everywhere. */
export async function mustTeach(
  context: ContentContext,
  kind: ContentKind,
  row: Record<string, unknown>,
): Promise<void> {
  if (context.actor.role !== 'mentor') return;
  const course = (await kind.courseOf?.(context, row)) ?? null;
  if (course === null || !(await coversCourse(context.tx, course))) throw new AppError('PERMISSION_DENIED');
}

async function coversCourse(tx: Tx, courseId: string): Promise<boolean> {
  // A mentor reads his own rows only.
  const { rowCount } = await tx.query(
    'select from mentor_course_assignments where is_global or course_id = $1 limit 1',
    [courseId],
  );
  return rowCount === 1;
}

/** One line of the trail, with what each changed field was and is. */
export async function auditContent(
  { tx, deps, actor }: ContentContext,
  { table }: ContentKind,
  { before, after }: ContentChange,
  data: Record<string, unknown>,
): Promise<void> {
  const verb = before ? (after ? 'updated' : 'deleted') : 'created';
  const row = (after ?? before)!;
  const name = row['title'] ?? row['name'] ?? row['recording_title'] ?? row['file_name'] ?? row.id;
  await writeAudit(tx, deps, {
    actor: actor.id,
    entity: table,
    id: row.id,
    action: `${table === 'batches' ? 'batch' : 'content'}_${verb}`,
    about: null,
    summary: `${verb} ${String(name)}`,
    data,
  });
}

/** Has the lessons decided anew of all whom the change concerns, by a job. */
export async function queueUnlocks(
  context: ContentContext,
  kind: ContentKind,
  change: ContentChange,
  changed: readonly string[],
): Promise<void> {
  const decisive = !change.before || !change.after || changed.some((field) => kind.decides?.includes(field));
  if (!kind.decides || !decisive) return;
  const concerned: Concerned = kind.concerned
    ? kind.concerned(change)
    : { courses: await coursesOf(context, kind, change) };
  await context.tx.query('select server_queue_unlocks($1, $2, $3, $4)', [
    context.deps.serverKey,
    [...new Set(concerned.courses)],
    [...new Set(concerned.pathways)],
    [...new Set(concerned.batches)],
  ]);
}

async function coursesOf(
  context: ContentContext,
  kind: ContentKind,
  { before, after }: ContentChange,
): Promise<string[]> {
  const found: string[] = [];
  for (const row of [before, after]) {
    const course = row && (await kind.courseOf?.(context, row));
    if (course) found.push(course);
  }
  return found;
}
