import { z } from 'zod';
import { reopenDays } from '#contract/rules/tickets.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { writeAudit } from '../people/index.ts';
import { lockTicket, moveTicket } from './facts.ts';
import { tell } from './notices.ts';

/** Once a day: what was resolved a week ago closes for good, and what nobody answered in time is told to the staff, once. */
export const keepTickets = defineJob({
  name: 'tickets.housekeeping',
  payload: z.unknown(),
  schedule: '0 1 * * *',
  run: async (_, deps) => {
    const now = deps.clock.now().toISOString();
    const closed = await each(deps, ended, [now, reopenDays], (tx, id) => close(tx, deps, id, now));
    const late = await each(deps, overdue, [now], (tx, id) => tellLate(tx, deps, id, now));
    return { selected: closed + late, done: closed + late, skipped: 0, failed: 0 };
  },
});

const ended = `select id from support_tickets where status = 'resolved' and not is_deleted
  and resolved_at < $1::timestamptz - make_interval(days => $2) order by id`;
const overdue = `select id from support_tickets where status in ('open', 'in_progress') and not is_deleted
  and first_response_at is null and breached_at is null and response_due_at < $1 order by id`;

/** One transaction per ticket, so that none holds up the others. */
async function each(
  deps: Deps,
  selection: string,
  values: unknown[],
  work: (tx: Tx, id: string) => Promise<void>,
): Promise<number> {
  const { rows } = await deps.server.query<{ id: string }>(selection, values);
  for (const { id } of rows) await asServer(deps.server, (tx) => work(tx, id));
  return rows.length;
}

async function close(tx: Tx, deps: Deps, id: string, at: string): Promise<void> {
  const ticket = await lockTicket(tx, deps.serverKey, id);
  // Reopened between the look and the lock.
  if (ticket?.status !== 'resolved') return;
  await moveTicket(tx, deps.serverKey, ticket, { status: 'closed', at });
  await writeAudit(tx, deps, {
    actor: null,
    entity: 'support_tickets',
    id,
    action: 'ticket_status_changed',
    about: ticket.student_id,
    summary: `Ticket ${ticket.ticket_number ?? id} was resolved for ${reopenDays} days`,
    data: { before: { status: 'resolved' }, after: { status: 'closed' } },
  });
}

async function tellLate(tx: Tx, deps: Deps, id: string, at: string): Promise<void> {
  const { rowCount } = await tx.query(
    'update support_tickets set breached_at = $2 where id = $1 and breached_at is null and first_response_at is null',
    [id, at],
  );
  if (rowCount !== 1) return;
  const ticket = (await lockTicket(tx, deps.serverKey, id))!;
  const { rows } = await tx.query<{ id: string }>('select server_staff($1) as id', [deps.serverKey]);
  const said = { template: 'ticket_overdue', fields: {}, dedupe: `ticket_overdue:${id}` } as const;
  for (const person of rows) await tell(tx, deps, person.id, ticket, said);
}
