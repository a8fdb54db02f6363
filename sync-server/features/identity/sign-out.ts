import type { Tx } from '../../db/sql.ts';
import type { Signed, SignOutScope } from './account-home.ts';
import { endSessions, type Call } from './sessions.ts';

/** Ends this session, the others of the person, or all, and notes it. */
export async function signOut(
  { now }: Call,
  tx: Tx,
  { userId, session }: Pick<Signed, 'userId' | 'session'>,
  scope: SignOutScope,
): Promise<void> {
  const ended = {
    global: { user: userId },
    others: { user: userId, except: session.id },
    local: { session: session.id },
  }[scope];
  await endSessions(tx, ended, now);
  await tx.query(
    `insert into user_activity_logs (user_id, activity_type, occurred_at, metadata) values ($1, 'logout', $2, jsonb_build_object('scope', $3::text))`,
    [userId, now, scope],
  );
}
