import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import { signInAt } from '../../sync-server/testing/api-client.ts';
import { password, type Academy } from './cluster.ts';
import type { Ledger } from './ledger.ts';
import { insist } from './moves.ts';
import type { Cast } from './people.ts';
import { mark } from './tokens.ts';

/** Tries of one order; a server that was killed is back long before. */
const tries = 100;

/**
 * Somebody presses twice, and again where no answer comes: a command that goes to two servers at once, and to whichever is there until
 * one has answered, under one key. What it orders is an invoice, of which there must be one.
 */
export async function orderTwice(academy: Academy, cast: Cast, ledger: Ledger, dice: Dice): Promise<void> {
  const { server } = academy.database;
  const person = cast.people.find(({ role }) => role === 'superadmin')!;
  const { rows } = await insist(() =>
    server.query<{ id: string }>(
      `select id from course_enrollments where status <> 'cancelled' and not is_deleted and student_id <> $1
       order by md5(id::text || $2) limit 1`,
      [cast.absent.id, String(dice.int(1e6))],
    ),
  );
  const [enrolment] = rows;
  if (!enrolment) return;
  await insist(() => server.query('update users set login_blocked = false where id = $1', [person.id]));
  const reason = mark('staff', enrolment.id);
  const body = { enrollment_id: enrolment.id, amount: 100_00, due_date: '2090-01-01', reason };
  const key = { 'idempotency-key': randomUUID() };
  const order = async (): Promise<Response> => {
    const addresses = academy.addresses();
    if (addresses.length === 0) throw new Error('no server is there now');
    const client = await signInAt(dice.pick(addresses), person.email, password);
    return client.call('POST', '/functions/v1/create-invoice', body, key);
  };
  // Of these nobody waits for the answer, as where it is lost.
  const lost = [order(), order()].map((one) => one.catch(() => undefined));
  ledger.orders.set(reason, (await answerOf(order)) ? 'made' : 'refused');
  await Promise.all(lost);
}

/** Whether it was carried out, as the first answer says that says so. */
async function answerOf(order: () => Promise<Response>): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const answer = await order().catch(() => null);
    const { code } = ((await answer?.json().catch(() => null)) ?? {}) as { code?: string };
    if (answer?.ok) return true;
    if (answer && answer.status < 500 && code !== 'IN_PROGRESS' && code !== 'RATE_LIMIT_EXCEEDED') return false;
    if (attempt === tries) throw new Error(`an order is not answered: ${answer?.status} ${String(code)}`);
    await pause(100);
  }
}
