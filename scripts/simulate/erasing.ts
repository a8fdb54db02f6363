import { randomUUID } from 'node:crypto';
import { signInAt } from '../../sync-server/testing/api-client.ts';
import { password, type Academy } from './cluster.ts';
import { notePlaces, type Places } from './judge/places.ts';
import type { Ledger } from './ledger.ts';
import { insist } from './moves.ts';
import type { Cast } from './people.ts';

/**
 * Erases the student without a computer, as a superadmin does it: the account is closed and then emptied. What others wrote about this
 * person may go with it, and nobody has lost it.
 */
export async function eraseSomebody(
  academy: Academy,
  cast: Cast,
  ledger: Ledger,
  places: Places,
  /** Looks at who may see what before and after a step. */
  around: (step: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { database } = academy;
  await academy.complete();
  const { id: user_id, email: confirm_email } = cast.absent;
  const judged = new Set((await readOperations(database)).map(({ op }) => op));
  await notePlaces(database, places);
  const stood = marksThere(places);
  for (const mode of ['deactivate', 'erase'] as const)
    await around(() => insist(() => ask(academy, cast, { user_id, mode, reason: 'Asked for it', confirm_email })));
  await notePlaces(database, places);
  const stands = new Set(marksThere(places));
  for (const mark of stood) if (!stands.has(mark)) ledger.forgive(mark);
  // What computers sent in between may have gone with this person before anybody looked.
  const meanwhile = (await readOperations(database)).filter(({ op }) => !judged.has(op));
  const rows = new Set(meanwhile.map(({ type, row_id }) => `${type}|${row_id}`));
  for (const { table, id, mark } of ledger.owed())
    if (rows.has(`${table}|${id}`) && !stands.has(mark)) ledger.forgive(mark);
}

type Operation = { op: string; type: string; row_id: string };

/** All that was judged so far. */
async function readOperations({ server }: Academy['database']): Promise<Operation[]> {
  return (await server.query<Operation>('select op, type, row_id from sync_ops')).rows;
}

const marksThere = (places: Places): string[] =>
  [...places].flatMap(([mark, list]) => (list.some(({ isThere }) => isThere) ? [mark] : []));

async function ask(academy: Academy, { people }: Cast, input: object): Promise<void> {
  const who = people.find(({ role }) => role === 'superadmin')!;
  await academy.database.server.query('update users set login_blocked = false where id = $1', [who.id]);
  const address = academy.addresses()[0]!;
  const client = await signInAt(address, who.email, password);
  const answer = await client.call('POST', '/functions/v1/delete-user', input, { 'idempotency-key': randomUUID() });
  if (!answer.ok) throw new Error(`delete-user answered ${answer.status}: ${await answer.text()}`);
}
