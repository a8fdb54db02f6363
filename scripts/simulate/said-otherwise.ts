import type { Operation, OperationVerdict } from '#contract/protocol.ts';
import { findTable } from '#contract/tables/index.ts';
import type { Ask } from './asking.ts';
import type { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';
import { textOf, type Grounds } from './strange-writes.ts';
import { mark } from './tokens.ts';

/** What was judged is not judged again, and what was made is not made again: in other words neither is taken, and what was written stands. */
export async function sayOtherwise(device: Device, { database }: Grounds, ask: Ask): Promise<Finding[]> {
  const { rows } = await database.server.query<{ op: string }>(
    `select op from sync_ops where user_id = $1 and verdict ->> 's' = 'ok'`,
    [device.person.id],
  );
  const judged = new Set(rows.map(({ op }) => op));
  const taken = device.lines.flatMap(({ sent }) => sent).filter(({ op, deleted }) => judged.has(op) && !deleted);
  const findings: Finding[] = [];
  const insistOn = async (op: Operation, isRight: (verdict?: OperationVerdict) => boolean): Promise<void> => {
    const answer = await textOf(ask('/sync/v1/push', { ops: [op] }));
    const [verdict] = (JSON.parse(answer) as { verdicts: OperationVerdict[] }).verdicts;
    if (isRight(verdict)) return;
    const text = `${device.name} said otherwise what was judged, ${JSON.stringify(op)}: ${JSON.stringify(verdict)}`;
    findings.push({ what: 'wrong', text });
  };
  const inOtherWords = (said: Operation): Operation => ({
    ...said,
    set: { ...said.set, ...otherWords(said.set, device.person.id) },
    client_at: aSecondLater(said),
  });
  const again = taken.at(-1);
  if (again) await insistOn(inOtherWords(again), (verdict) => verdict?.s === 'refused' && verdict.code === 'duplicate');
  const made = taken.findLast(
    ({ type, base, set }) =>
      base === null && !findTable(type)!.naturalKey && Object.keys(otherWords(set, device.person.id)).length > 0,
  );
  if (made) await insistOn({ ...inOtherWords(made), op: crypto.randomUUID() }, (verdict) => verdict?.s !== 'ok');
  return findings;
}

const aSecondLater = ({ client_at }: Operation): string => new Date(Date.parse(client_at) + 1000).toISOString();

/** Every text of a person's own put otherwise. */
const otherWords = (set: Operation['set'], person: string): Operation['set'] =>
  Object.fromEntries(
    Object.entries(set).flatMap(([column, value]) =>
      typeof value === 'string' && /~[a-z]+:/.test(value) ? [[column, mark('ticket', person)]] : [],
    ),
  );
