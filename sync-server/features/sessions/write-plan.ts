import type { CreateSession, UpdateSession } from '#contract/api/sessions.ts';
import { at } from '#contract/rules/dates.ts';
import type { Tx } from '../../db/sql.ts';
import type { CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { openSecretBox } from '../identity/index.ts';
import { requirePlanner, type SessionRow } from './session-row.ts';

type Call = CommandContext & { tx: Tx };

/** What the database's own refusals mean to whoever plans. */
export function refusalOf(error: unknown): unknown {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === '23505' && constraint === 'success_sessions_one_per_link')
    return new AppError('CONFLICT', { details: { reason: 'same_link_and_time' }, cause: error });
  // A course, batch or host that is not there; a plan that a check refuses.
  if (code === '23503' || code === '23514')
    return new AppError('INVALID_INPUT', {
      details: [{ path: constraint ?? '', message: 'Does not fit.' }],
      cause: error,
    });
  return error;
}

/** A session with a title and a start; everything else follows. */
export async function insertDraft(
  { tx, actor }: Call,
  { title, start_time }: Pick<CreateSession, 'title' | 'start_time'>,
): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    'insert into success_sessions (title, start_time, created_by) values ($1, $2, $3) returning id',
    [title, start_time, actor.id],
  );
  return rows[0]!.id;
}

/** Columns as they are named; a host's name is a snapshot, a host's secret is sealed for this row. */
export async function writePlan(
  { tx, deps }: Call,
  id: string,
  given: Partial<Omit<UpdateSession, 'session_id' | 'status'>>,
): Promise<void> {
  const { host_login_secret: secret, ...plan } = given;
  const set: Record<string, unknown> = { ...plan };
  if (secret !== undefined)
    set['host_login_secret'] =
      secret === null ? null : `\\x${Buffer.from(sealFor(deps.config, id, secret)).toString('hex')}`;
  const columns = Object.keys(set).filter((column) => set[column] !== undefined);
  if (columns.length === 0) return;
  await tx.query(
    `update success_sessions s set ${columns.map((column) => `${column} = given.${column}`).join(', ')}
     from jsonb_populate_record(null::success_sessions, $2::jsonb) given where s.id = $1`,
    [id, JSON.stringify(set)],
  );
  if (plan.mentor_id !== undefined)
    await tx.query(
      'update success_sessions s set mentor_name = (select m.display_name from mentors m where m.id = s.mentor_id) where s.id = $1',
      [id],
    );
}

const sealFor = (config: Parameters<typeof openSecretBox>[0], id: string, secret: string): string =>
  openSecretBox(config).seal(secret, `success_sessions:${id}`);

/** What must hold of a session whoever wrote it. The database holds the rest (an end after the start, a link once published). */
export async function checkPlan({ tx, actor }: Call, session: SessionRow): Promise<void> {
  if (session.end_time && at(session.end_time) <= at(session.start_time))
    throw wrong('end_time', 'It must lie after the start.');
  if ((session.audience === 'course' || session.audience === 'unbatched') && !session.course_id)
    throw wrong('course_id', 'This audience needs a course.');
  if (session.audience === 'batches' && session.batch_ids.length === 0) throw wrong('batch_ids', 'Name a batch.');
  if (session.audience !== 'batches' && session.batch_ids.length > 0) throw wrong('batch_ids', 'Only for batches.');
  await requireBatches(tx, session.batch_ids);
  await requirePlanner(tx, actor, session);
}

/** A list of ids has no foreign key. */
async function requireBatches(tx: Tx, ids: readonly string[]): Promise<void> {
  const { rowCount } = await tx.query('select from batches where id = any($1::uuid[]) and not is_deleted', [ids]);
  if (rowCount !== new Set(ids).size) throw wrong('batch_ids', 'There is no such batch.');
}

/** A refusal that names its field. */
export const wrong = (path: string, message: string): AppError =>
  new AppError('INVALID_INPUT', { details: [{ path, message }] });
