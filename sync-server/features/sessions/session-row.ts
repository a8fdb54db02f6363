import type { Actor } from '#contract/roles.ts';
import { isStaff } from '#contract/roles.ts';
import type { SessionAnswer } from '#contract/api/sessions.ts';
import type { SuccessSession } from '#contract/tables/sessions.ts';
import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';

/** A session as the server reads it. */
export type SessionRow = Pick<
  SuccessSession,
  'id' | 'title' | 'status' | 'start_time' | 'end_time' | 'mentor_id' | 'course_id'
> & {
  link: string | null;
  recording_url: string | null;
  audience: 'all' | 'course' | 'batches' | 'unbatched';
  batch_ids: string[];
};

/** For whom a session is: the facts that the one audience function takes. */
export type Audience = Pick<SessionRow, 'audience' | 'course_id' | 'batch_ids' | 'start_time'>;

const columns =
  'id, title, status, start_time, end_time, mentor_id, course_id, link, recording_url, audience, batch_ids';

/** Locks a session until the transaction ends; one that the caller does not host is to a mentor one that does not exist. */
export async function lockSession(tx: Tx, actor: Actor, id: string): Promise<SessionRow> {
  const session = await findSession(tx, id);
  if (!isStaff(actor.role) && session.mentor_id !== actor.id) throw new AppError('NOT_FOUND');
  return session;
}

/** The session as it stands after a change, whoever hosts it now. */
export async function findSession(tx: Tx, id: string): Promise<SessionRow> {
  const { rows } = await tx.query<SessionRow>(
    `select ${columns} from success_sessions where id = $1 and not is_deleted for update`,
    [id],
  );
  if (!rows[0]) throw new AppError('NOT_FOUND');
  return rows[0];
}

export const answerOf = ({ id, status, start_time, end_time, link }: SessionRow): SessionAnswer => ({
  id,
  status,
  start_time,
  end_time,
  link,
});

/** A mentor plans for courses and batches he covers, and hosts himself; staff for everybody. */
export async function requirePlanner(
  tx: Tx,
  actor: Actor,
  plan: Audience & { mentor_id: string | null },
): Promise<void> {
  if (isStaff(actor.role)) return;
  const mayAudience = plan.audience !== 'all' && (await coversAll(tx, actor.id, plan));
  if (plan.mentor_id !== actor.id || !mayAudience) throw new AppError('PERMISSION_DENIED');
}

async function coversAll(tx: Tx, mentor: string, { course_id, batch_ids }: Audience): Promise<boolean> {
  const { rows } = await tx.query<{ may: boolean }>(
    `select ($2::uuid is null or $2 in (select course_id from sync_covered_courses where mentor_id = $1))
       and not exists (
         select from unnest($3::uuid[]) as batch where not exists (
           select from sync_covered_courses c where c.mentor_id = $1 and c.course_id in (
             select b.course_id from batches b where b.id = batch and not b.is_deleted
             union select bc.course_id from batch_courses bc where bc.batch_id = batch and not bc.is_deleted)))
       and ($2 is not null or cardinality($3) > 0) as may`,
    [mentor, course_id, batch_ids],
  );
  return rows[0]!.may;
}

/** The students a session is for. */
export async function findAudience(tx: Tx, plan: Audience): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>('select app_session_audience($1, $2, $3, $4) as id', [
    plan.audience,
    plan.course_id,
    plan.batch_ids,
    plan.start_time,
  ]);
  return rows.map(({ id }) => id);
}
