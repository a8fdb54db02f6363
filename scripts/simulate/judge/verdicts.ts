import { isDeepStrictEqual } from 'node:util';
import type { Operation, OperationVerdict } from '#contract/protocol.ts';
import type { Device } from '../device.ts';
import type { Evidence, Finding } from './finding.ts';

/** One operation, everything that was ever said about it, and what the server remembers. */
export type Told = {
  op: Operation;
  device: Device;
  /** The final verdicts that reached the device. */
  verdicts: string[];
  /** The rows in which the server keeps what it refused. */
  rejections: Set<string>;
  /** The verdict the server keeps, in the order in which it judged; `at` its turn had not come yet, `writtenAt` by its word. */
  kept: { verdict: string; order: number; at: Date; writtenAt: Date } | null;
};

/** What devices sent and were answered, as it crossed the wire. */
export async function readTold({
  devices,
  database,
}: Evidence): Promise<{ told: Map<string, Told>; findings: Finding[] }> {
  const told = new Map<string, Told>();
  const findings: Finding[] = [];
  for (const device of devices)
    for (const op of device.lines.flatMap(({ sent }) => sent)) {
      const before = told.get(op.op);
      if (!before) told.set(op.op, { op, device, verdicts: [], rejections: new Set(), kept: null });
      else if (JSON.stringify(before.op) !== JSON.stringify(op))
        findings.push({ what: 'twice', text: `${device.name} sent ${op.op} with other content than before` });
    }
  for (const { lines } of devices)
    for (const { verdicts } of lines.flatMap(({ received }) => received).flatMap(answerOf))
      for (const verdict of verdicts) {
        if (verdict.s !== 'wait') told.get(verdict.op)?.verdicts.push(nameOf(verdict));
        if (verdict.s === 'refused') told.get(verdict.op)?.rejections.add(verdict.rejection_id);
      }
  const { rows } = await database.server.query<{
    op: string;
    verdict: OperationVerdict;
    created_at: string;
    client_at: string;
  }>('select op, verdict, created_at, client_at from sync_ops order by xmin::text::bigint, ctid');
  for (const [order, { op, verdict, created_at, client_at }] of rows.entries()) {
    const one = told.get(op);
    if (!one) continue;
    one.kept = { verdict: nameOf(verdict), order, at: new Date(created_at), writtenAt: new Date(client_at) };
    if (!isBelievable(one.op, one.kept))
      findings.push({
        what: 'wrong',
        text: `${one.device.name}: operation ${op} of ${one.op.client_at} counts as of ${client_at}, and came ${created_at}`,
      });
  }
  return { told, findings };
}

/** Longer than any push waits for its turn. */
const longestTurnMs = 60_000;

/** A computer's clock is believed about the past; one that runs ahead counts as of the moment at which it was the person's turn. */
function isBelievable({ client_at }: Operation, { at, writtenAt }: { at: Date; writtenAt: Date }): boolean {
  const [said, came, counts] = [Date.parse(client_at), at.getTime(), writtenAt.getTime()];
  return said <= came ? counts === said : counts <= said && counts >= came && counts <= came + longestTurnMs;
}

const nameOf = (verdict: { s: string; code?: string }): string => `${verdict.s} ${verdict.code ?? ''}`.trim();

function answerOf({
  path,
  status,
  text,
}: {
  path: string;
  status: number;
  text: string;
}): { verdicts: OperationVerdict[] }[] {
  if (!path.endsWith('/push') || status !== 200) return [];
  try {
    return [JSON.parse(text) as { verdicts: OperationVerdict[] }];
  } catch {
    // It was cut off; the device has not understood it either.
    return [];
  }
}

/** Every verdict that reached a device stands: the same each time, and remembered. */
export function findForgotten(told: ReadonlyMap<string, Told>): Finding[] {
  return [...told.values()].flatMap(({ op, device, verdicts, kept }): Finding[] => {
    const said = new Set(verdicts);
    const about = `${device.name}: ${op.type} ${op.id}, operation ${op.op}`;
    if (said.size > 1) return [{ what: 'twice', text: `${about} was judged ${[...said].join(' and ')}` }];
    const [one] = said;
    if (one === undefined || kept?.verdict === one) return [];
    return [{ what: 'lost', text: `${about} was answered ${one}, but kept is ${kept?.verdict ?? 'nothing'}` }];
  });
}

/** What met a conflict is a question to its person, until they have answered it; of a refusal the server itself keeps the text. */
export function findSwallowed({ ledger }: Evidence, told: ReadonlyMap<string, Told>): Finding[] {
  return [...told.values()].flatMap(({ op, device, verdicts }): Finding[] => {
    if (!verdicts.includes('conflict') || ledger.answered.has(`${device.name}|${op.type}|${op.id}`)) return [];
    const isShown = device.replica!.problems.get().some(({ type, id }) => type === op.type && id === op.id);
    const text = `${device.name}: the conflict of ${op.type} ${op.id}, operation ${op.op}, is not shown`;
    return isShown ? [] : [{ what: 'lost', text }];
  });
}

/** What was refused stands with its text on the server, for every computer of its person, and as a problem on the one that wrote it. */
export async function findUntold({ database, ledger }: Evidence, told: ReadonlyMap<string, Told>): Promise<Finding[]> {
  const refused = [...told.values()].filter(({ rejections }) => rejections.size > 0);
  const { rows } = await database.server.query<{ id: string; pushed_doc: unknown }>(
    'select id, pushed_doc from sync_rejections where id = any($1)',
    [refused.flatMap(({ rejections }) => [...rejections])],
  );
  const kept = new Map(rows.map(({ id, pushed_doc }) => [id, pushed_doc]));
  const findings: Finding[] = [];
  for (const [device, ops] of Map.groupBy(refused, (one) => one.device)) {
    const disk = await device.disk.read();
    const problems = [...disk].flatMap(([place, text]) => (place.endsWith('/problems') ? [text] : [])).join();
    for (const { op, rejections } of ops)
      for (const id of rejections) {
        const about = `${device.name}: the refusal of ${op.type} ${op.id}, operation ${op.op}`;
        if (!kept.has(id)) findings.push({ what: 'lost', text: `${about}, is not kept` });
        else if (!isDeepStrictEqual(kept.get(id), op.set))
          findings.push({
            what: 'lost',
            text: `${about}, is kept with other content: ${JSON.stringify(kept.get(id))}`,
          });
        const isAnswered = ledger.answered.has(`${device.name}|${op.type}|${op.id}`);
        if (!problems.includes(id) && !isAnswered)
          findings.push({ what: 'lost', text: `${about}, is no problem of its device` });
      }
  }
  return findings;
}

/** What was done to a row, in the order in which it was judged. */
export function storyOf({ table, id }: { table: string; id: string }, told: ReadonlyMap<string, Told>): string {
  const ops = [...told.values()].filter(({ op }) => op.type === table && op.id === id);
  return ops
    .toSorted((a, b) => (a.kept?.order ?? Infinity) - (b.kept?.order ?? Infinity))
    .map(
      ({ op, device, kept, verdicts }) =>
        `\n    ${device.name} ${JSON.stringify(op)} kept ${kept ? `${kept.verdict} as of ${kept.writtenAt.toISOString()}` : 'nothing'}, heard ${verdicts.join(', ') || 'nothing'}`,
    )
    .join('');
}
