import type { Actor, Role } from '#contract/roles.ts';
import { allEnded } from './all-ended.ts';
import type { Pool, PoolClient, Tx } from './sql.ts';

const databaseRoles: Record<Role, string> = {
  student: 'app_student',
  mentor: 'app_mentor',
  enrollment_manager: 'app_enrollment_manager',
  admin: 'app_admin',
  superadmin: 'app_superadmin',
};

/** The session facts policies may read through `auth.uid()` and `auth.jwt()`. */
export type Claims = { sub: string; session_id?: string; aal?: 'aal1' | 'aal2' };

type Isolation = 'read committed' | 'repeatable read read only';

/** Work inside a transaction. One that has nothing left to decide may send `commit` right behind its last statements. */
type Work<T> = (tx: Tx, client: PoolClient, commit: () => Promise<void>) => Promise<T>;

/**
 * Runs `work` in one transaction as this person: their database role and their claims, both gone with the transaction.
 * Row-level security and column grants decide what the statements may touch.
 */
export async function asActor<T>(
  people: Pool,
  actor: Actor,
  work: Work<T>,
  { isolation = 'read committed', claims = {} }: { isolation?: Isolation; claims?: Partial<Claims> } = {},
): Promise<T> {
  return inTransaction(people, async (client, commit) => {
    const tx = client as unknown as Tx;
    // All leave together with the first statements of the work: every answer that is waited for is a delay. Where one of these
    // fails, those behind it fail too: a transaction that failed takes nothing more, and outside of one this login may do nothing.
    const begun = [client.query(`begin isolation level ${isolation}`), become(tx, actor, claims)];
    const [, , result] = await allEnded([...begun, work(tx, client, commit)] as const);
    return result as T;
  });
}

/** Makes this transaction of the people's login that of a person, also after it was another's: all reads from here on are theirs. */
export async function become(tx: Tx, actor: Actor, claims: Partial<Claims> = {}): Promise<void> {
  await tx.query({
    name: 'become',
    text: "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)",
    values: [databaseRoles[actor.role], JSON.stringify({ ...claims, sub: actor.id, role: 'authenticated' })],
  });
}

/** Runs `work` in one transaction of the server itself. For identity, jobs and the server's own bookkeeping only. */
export async function asServer<T>(server: Pool, work: (tx: Tx, client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(server, async (client) => {
    // Waited for: what came behind a begin that failed would be done, and not undone.
    await client.query('begin');
    return work(client as unknown as Tx, client);
  });
}

async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient, commit: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let committing: Promise<void> | null = null;
  const commit = (): Promise<void> => {
    committing ??= commitOn(client);
    // Of a statement and the commit behind it the statement has more to say.
    committing.catch(() => undefined);
    return committing;
  };
  try {
    const result = await work(client, commit);
    await commit();
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away, so that its state never reaches the next person.
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A transaction in which a statement failed answers a commit with a rollback, and no error. */
async function commitOn(client: PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw new Error('a transaction that had failed was to be committed');
}
