import { asActor } from '../db/as-actor.ts';
import type { Pool, Tx } from '../db/sql.ts';
import type { Person } from '../testing/people.ts';

/** Somebody at a door: a person of the stage, or nobody at all. */
export type Visitor = Person | null;

class Undone extends Error {}

/** Runs `work` in a transaction as this visitor, over the login that serves people, and takes everything back. */
export async function undone<T>(people: Pool, visitor: Visitor, work: (tx: Tx) => Promise<T>): Promise<T> {
  let result: { value: T } | undefined;
  const keep = async (tx: Tx): Promise<never> => {
    result = { value: await work(tx) };
    throw new Undone();
  };
  try {
    if (visitor) await asActor(people, visitor, keep);
    else await asNobody(people, keep);
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
  }
  return result!.value;
}

/** As requests without a session would be: the role of nobody, no claims of a person. */
async function asNobody(people: Pool, work: (tx: Tx) => Promise<never>): Promise<void> {
  const client = await people.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('role', 'app_anon', true), set_config('request.jwt.claims', $1, true)", [
      JSON.stringify({ role: 'anon' }),
    ]);
    await work(client as unknown as Tx);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** How one statement ended: with rows, or refused by the database. */
export type Answer =
  | { rows: Record<string, unknown>[]; count: number; code?: never; message?: never }
  | { code: string; message: string; rows: never[]; count: 0 };

/** Tries one statement in a savepoint of its own and takes it back, so that the next one finds what this one found. */
export async function attempt(tx: Tx, text: string, values: unknown[] = []): Promise<Answer> {
  await tx.query('savepoint attempt');
  try {
    const { rows, rowCount } = await tx.query(text, values);
    return { rows, count: rowCount ?? 0 };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    // Without a code it is no answer of the database but a fault on the way to it.
    if (!code) throw error;
    return { code, message, rows: [], count: 0 };
  } finally {
    await tx.query('rollback to savepoint attempt');
  }
}

/** Whether there is no right to the table or column at all; a row policy says no in other words. */
export const isDenied = ({ code, message = '' }: Answer): boolean =>
  code === '42501' && message.startsWith('permission denied');
