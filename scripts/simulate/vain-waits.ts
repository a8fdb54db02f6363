import { randomUUID } from 'node:crypto';
import type { Operation, OperationVerdict } from '#contract/protocol.ts';
import type { Ask } from './asking.ts';
import type { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';
import { textOf } from './strange-writes.ts';
import { mark } from './tokens.ts';

/** What belongs to something that was refused is refused too: whoever told it to wait would have it wait for ever. */
export async function waitInVain({ name, person }: Device, ask: Ask): Promise<Finding[]> {
  const [ticket, nobody] = [randomUUID(), randomUUID()];
  const said = { base: null, client_at: new Date().toISOString() };
  const opened = {
    student_id: nobody,
    created_by: person.id,
    title: 'Of nobody',
    description: mark('ticket', person.id),
    file_ids: [],
    category: 'other',
    priority: 'low',
    follows_ticket_id: null,
  };
  const answered = {
    ticket_id: ticket,
    user_id: person.id,
    message: mark('ticket', person.id),
    is_internal: false,
    file_ids: [],
  };
  const first = await push(ask, { ...said, op: randomUUID(), type: 'support_tickets', id: ticket, set: opened });
  // Of somebody who may ask for others it may still be told whom.
  if (first.s !== 'refused') return [];
  const reply = { ...said, op: randomUUID(), type: 'support_ticket_replies', id: randomUUID(), set: answered };
  const second = await push(ask, reply);
  const text = `${name} answers in a ticket that was refused, and hears ${JSON.stringify(second)}`;
  return second.s === 'refused' ? [] : [{ what: 'stuck', text }];
}

async function push(ask: Ask, op: Operation): Promise<OperationVerdict> {
  const { verdicts } = JSON.parse(await textOf(ask('/sync/v1/push', { ops: [op] }))) as {
    verdicts: OperationVerdict[];
  };
  return verdicts[0]!;
}
