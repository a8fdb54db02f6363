import type { Operation, OperationVerdict } from '#contract/protocol.ts';
import type { Ask } from './asking.ts';
import type { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';
import { textOf, type Grounds } from './strange-writes.ts';
import { mark } from './tokens.ts';

/** An operation that was judged is not judged again: under its name other content is refused, and what it wrote stands. */
export async function sayOtherwise(device: Device, { database }: Grounds, ask: Ask): Promise<Finding[]> {
  const { rows } = await database.server.query<{ op: string }>(
    `select op from sync_ops where user_id = $1 and verdict ->> 's' = 'ok'`,
    [device.person.id],
  );
  const judged = new Set(rows.map(({ op }) => op));
  const said = device.lines.flatMap(({ sent }) => sent).findLast(({ op, deleted }) => judged.has(op) && !deleted);
  if (!said) return [];
  const other: Operation = { ...said, set: { ...said.set, ...otherWords(said.set, device.person.id) } };
  const answer = JSON.parse(
    await textOf(ask('/sync/v1/push', { ops: [{ ...other, client_at: aSecondLater(said) }] })),
  ) as {
    verdicts: OperationVerdict[];
  };
  const [verdict] = answer.verdicts;
  if (verdict?.s === 'refused' && verdict.code === 'duplicate') return [];
  return [
    {
      what: 'wrong',
      text: `${device.name} said otherwise what was judged, ${JSON.stringify(other)}: ${JSON.stringify(verdict)}`,
    },
  ];
}

const aSecondLater = ({ client_at }: Operation): string => new Date(Date.parse(client_at) + 1000).toISOString();

/** Every text of a person's own put otherwise. */
const otherWords = (set: Operation['set'], person: string): Operation['set'] =>
  Object.fromEntries(
    Object.entries(set).flatMap(([column, value]) =>
      typeof value === 'string' && /~[a-z]+:/.test(value) ? [[column, mark('ticket', person)]] : [],
    ),
  );
