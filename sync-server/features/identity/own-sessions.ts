import {
  listSessionsAnswerSchema,
  revokedSessionSchema,
  revokeSessionSchema,
  type OpenSession,
} from '#contract/api/sign-ins.ts';
import { roles } from '#contract/roles.ts';
import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { audit } from './queries.ts';

/** The open sessions of a person, newest first; `current` is marked. */
export async function listOpenSessions(
  tx: Tx,
  userId: string,
  current: string | null,
  now: Date,
): Promise<OpenSession[]> {
  const { rows } = await tx.query<OpenSession>(
    `select s.id, s.id is not distinct from $2 as is_current, s.created_at, s.refreshed_at, s.aal, s.device_id,
       coalesce(d.label, s.user_agent, 'Unnamed program') as label, d.platform, d.last_sync_at
     from auth_sessions s
     join users u on u.id = s.user_id
     left join devices d on d.id = s.device_id
     where s.user_id = $1 and s.revoked_at is null and s.not_after > $3 and d.revoked_at is null
       and (u.sessions_revoked_at is null or s.created_at > u.sessions_revoked_at)
     order by s.created_at desc, s.id`,
    [userId, current, now],
  );
  return rows;
}

/** Where the caller is signed in (screens S18). */
export const listSessions = defineCommand({
  name: 'list-sessions',
  summary: 'Where you are signed in',
  input: z.strictObject({}),
  output: listSessionsAnswerSchema,
  roles,
  writes: false,
  run: async ({ deps, actor, session, now }) => ({
    sessions: await listOpenSessions(deps.server, actor.id, session.id, now),
  }),
});

/** Ends one of the caller's own sessions at once; one of somebody else is answered like one that does not exist. */
export const revokeSession = defineCommand({
  name: 'revoke-session',
  summary: 'End one of your sessions',
  input: revokeSessionSchema,
  output: revokedSessionSchema,
  roles,
  writes: true,
  run: async ({ deps, actor, now, requestId }, { session_id }) =>
    asServer(deps.server, async (tx) => {
      const { rows } = await tx.query<{ revoked_at: string }>(
        `update auth_sessions set revoked_at = coalesce(revoked_at, $3) where id = $1 and user_id = $2 returning revoked_at`,
        [session_id, actor.id, now],
      );
      if (!rows[0]) throw new AppError('NOT_FOUND');
      const entry = { action: 'session_revoked', targetUserId: actor.id, performedBy: actor.id, data: { session_id } };
      await audit(tx, { ...entry, requestId, address: null });
      return { session_id, revoked_at: rows[0].revoked_at };
    }),
});
