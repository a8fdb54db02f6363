import type { Actor, Role } from '#contract/roles.ts';
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

/**
 * Runs `work` in one transaction as this person: their database role and their claims, both gone with the transaction.
 * Row-level security and column grants decide what the statements may touch.
 */
export async function asActor<T>(
  people: Pool,
  actor: Actor,
  work: (tx: Tx, client: PoolClient) => Promise<T>,
  { isolation = 'read committed', claims = {} }: { isolation?: Isolation; claims?: Partial<Claims> } = {},
): Promise<T> {
  return inTransaction(people, `begin isolation level ${isolation}`, async (client) => {
    await become(client as unknown as Tx, actor, claims);
    return work(client as unknown as Tx, client);
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
  return inTransaction(server, 'begin', (client) => work(client as unknown as Tx, client));
}

async function inTransaction<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away, so that its state never reaches the next person.
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}
