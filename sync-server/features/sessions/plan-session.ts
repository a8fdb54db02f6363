import {
  cancelSessionSchema,
  createSessionSchema,
  sessionAnswerSchema,
  sessionIdSchema,
  updateSessionSchema,
} from '#contract/api/sessions.ts';
import type { Role } from '#contract/roles.ts';
import { isStaff } from '#contract/roles.ts';
import { at } from '#contract/rules/dates.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { announce, type News } from './announce-session.ts';
import { auditSession } from './audit-session.ts';
import { answerOf, findSession, lockSession, type SessionRow } from './session-row.ts';
import { checkPlan, insertDraft, refusalOf, writePlan, wrong } from './write-plan.ts';

const planners: Role[] = ['mentor', 'admin', 'superadmin'];
type Call = CommandContext & { tx: Tx };

/** Plans a session (workflows 3.27); `upcoming` publishes it at once. */
export const createSession = defineCommand({
  name: 'create-session',
  summary: 'Plan a live session',
  input: createSessionSchema,
  output: sessionAnswerSchema,
  roles: planners,
  writes: true,
  run: (context, { status, ...given }) =>
    inTransaction(context, async (call) => {
      const plan = { mentor_id: isStaff(context.actor.role) ? null : context.actor.id, ...given };
      const id = await insertDraft(call, plan);
      await writePlan(call, id, plan);
      const session = await findSession(call.tx, id);
      await checkPlan(call, session);
      await auditSession(call, id, 'session_created', null, { title: session.title, start_time: session.start_time });
      if (status === 'upcoming') await publish(call, session, 'created');
      return answerOf(await findSession(call.tx, id));
    }),
});

/** Changes a session: its plan before, its recording and notes after, and that it is over. */
export const updateSession = defineCommand({
  name: 'update-session',
  summary: 'Change a live session',
  input: updateSessionSchema,
  output: sessionAnswerSchema,
  roles: planners,
  writes: true,
  run: (context, { session_id, status, ...given }) =>
    inTransaction(context, async (call) => {
      const before = await lockSession(call.tx, context.actor, session_id);
      if (before.status === 'cancelled') throw new AppError('CONFLICT', { details: { status: before.status } });
      if (status && before.status === 'draft') throw new AppError('CONFLICT', { details: { status: before.status } });
      await writePlan(call, session_id, given);
      if (status) await setStatus(call, session_id, status);
      const after = await findSession(call.tx, session_id);
      await checkPlan(call, after);
      await auditSession(call, session_id, 'session_updated', shown(before), shown(after));
      const news = newsOf(before, after);
      if (news && after.status !== 'draft') await announce(call, after, news);
      return answerOf(after);
    }),
});

/** Shows a draft, or a session that was cancelled, to its audience; it needs a link and a start that lies ahead. */
export const publishSession = defineCommand({
  name: 'publish-session',
  summary: 'Publish a live session',
  input: sessionIdSchema,
  output: sessionAnswerSchema,
  roles: planners,
  writes: true,
  run: (context, { session_id }) =>
    inTransaction(context, async (call) => {
      const session = await lockSession(call.tx, context.actor, session_id);
      if (session.status !== 'draft' && session.status !== 'cancelled')
        throw new AppError('CONFLICT', { details: { status: session.status } });
      await publish(call, session, 'created');
      return answerOf(await lockSession(call.tx, context.actor, session_id));
    }),
});

/** Calls a session off; its audience sees it as cancelled, with the reason. */
export const cancelSession = defineCommand({
  name: 'cancel-session',
  summary: 'Cancel a live session',
  input: cancelSessionSchema,
  output: sessionAnswerSchema,
  roles: planners,
  writes: true,
  run: (context, { session_id, reason }) =>
    inTransaction(context, async (call) => {
      const session = await lockSession(call.tx, context.actor, session_id);
      if (session.status !== 'draft' && session.status !== 'upcoming')
        throw new AppError('CONFLICT', { details: { status: session.status } });
      await call.tx.query('update success_sessions set cancel_reason = $2 where id = $1', [session_id, reason]);
      await setStatus(call, session_id, 'cancelled');
      await auditSession(
        call,
        session_id,
        'session_cancelled',
        { status: session.status },
        { status: 'cancelled', reason },
      );
      if (session.status === 'upcoming') await announce(call, session, 'cancelled');
      return answerOf({ ...session, status: 'cancelled' });
    }),
});

/** Takes a draft away that nobody but the team has seen; what was published is cancelled instead. */
export const deleteSession = defineCommand({
  name: 'delete-session',
  summary: 'Delete the draft of a live session',
  input: sessionIdSchema,
  output: sessionAnswerSchema,
  roles: planners,
  writes: true,
  run: (context, { session_id }) =>
    inTransaction(context, async (call) => {
      const session = await lockSession(call.tx, context.actor, session_id);
      if (session.status !== 'draft') throw new AppError('CONFLICT', { details: { status: session.status } });
      await call.tx.query('update success_sessions set is_deleted = true where id = $1', [session_id]);
      await auditSession(call, session_id, 'session_deleted', { title: session.title }, {});
      return answerOf(session);
    }),
});

async function inTransaction<T>(context: CommandContext, work: (call: Call) => Promise<T>): Promise<T> {
  try {
    return await asServer(context.deps.server, (tx) => work({ ...context, tx }));
  } catch (error) {
    throw refusalOf(error);
  }
}

async function publish(call: Call, session: SessionRow, news: News): Promise<void> {
  if (!session.link) throw wrong('link', 'Needed to publish.');
  if (at(session.start_time) <= call.now.getTime()) throw wrong('start_time', 'It must lie ahead.');
  await call.tx.query('update success_sessions set cancel_reason = null where id = $1', [session.id]);
  await setStatus(call, session.id, 'upcoming');
  await auditSession(call, session.id, 'session_published', { status: session.status }, { status: 'upcoming' });
  await announce(call, { ...session, status: 'upcoming' }, news);
}

async function setStatus({ tx }: Call, id: string, status: SessionRow['status']): Promise<void> {
  await tx.query('update success_sessions set status = $2 where id = $1', [id, status]);
}

const shown = ({ title, start_time, end_time, status, audience, mentor_id }: SessionRow) => ({
  title,
  start_time,
  end_time,
  status,
  audience,
  mentor_id,
});

/** What its audience should hear of; a change of words alone is no news. */
function newsOf(before: SessionRow, after: SessionRow): News | null {
  if (after.recording_url && !before.recording_url) return 'recorded';
  const moved =
    before.start_time !== after.start_time || before.end_time !== after.end_time || before.link !== after.link;
  return moved ? 'updated' : null;
}
