import { isWellFormed } from '#contract/rules/messages.ts';
import { messageThreads, type MessageThread } from '#contract/tables/messages.ts';
import { defineSync } from '../../sync/define-sync.ts';

type Proposed = Pick<MessageThread, 'kind' | 'member_key' | 'created_by'> & Partial<Pick<MessageThread, 'student_id'>>;

/** A conversation begun on a device: between two who may talk, or of a student with the team. One to many is a command's. */
export const messageThreadsSync = defineSync(messageThreads, {
  guard: async ({ tx, actor }, { before, set, deleted }) => {
    const thread = set as Proposed;
    if (deleted || before || thread.created_by !== actor.id || thread.kind === 'broadcast') return 'not_allowed';
    if (!isWellFormed({ ...thread, student_id: thread.student_id ?? null })) return 'invalid';
    const { rows } = await tx.query<{ may: boolean }>('select app_may_open_thread($1, $2) as may', [
      thread.kind,
      thread.member_key,
    ]);
    return rows[0]!.may ? 'allowed' : 'not_allowed';
  },
  // Who opened it reads it from here on only.
  after: async ({ tx, deps, op }, { before }) => {
    if (!before) await tx.query('select server_open_thread($1, $2)', [deps.serverKey, op.id]);
  },
});
