import type { OperationVerdict } from '#contract/protocol.ts';
import { backoff, writeBackoff } from './backoff.ts';
import type { OutboxRow } from './device-database.ts';
import { familyOf, masterOf, type Master } from './documents.ts';
import type { PusherParts } from './push.ts';
import { tableOf } from './writing.ts';

/** An operation and what the server said of it. */
export type Answered = { row: OutboxRow; verdict: OperationVerdict };

type Parts = Pick<PusherParts, 'core' | 'problems' | 'now'>;

/**
 * Shows the server's answer first and forgets the operations second: after a crash in between they are sent again and get
 * the same verdict, while the other order would leave a refused text on the screen for good. Call inside a turn. Answers the keys of
 * what was accepted.
 */
export async function settleVerdicts({ core, problems, now }: Parts, answered: readonly Answered[]): Promise<string[]> {
  const isOvertaken = ({ key, seq }: OutboxRow): boolean =>
    core.outbox.of(key).some((row) => row.seq === seq && row.overtaken);
  const done = new Set<number>();
  const waiting: { seq: number; not_before: number }[] = [];
  const masters = new Map<string, Master>();
  const accepted = new Set<string>();
  const refusals: { row: OutboxRow; verdict: OperationVerdict }[] = [];
  for (const { row, verdict } of answered) {
    if (verdict.s === 'wait') {
      waiting.push({ seq: row.seq, not_before: now() + backoff(row.tries, writeBackoff) });
      continue;
    }
    done.add(row.seq);
    if (verdict.s === 'ok') accepted.add(row.key);
    else refusals.push({ row, verdict });
    if (!isOvertaken(row)) masters.set(row.key, verdict.doc ? masterOf(verdict.doc) : null);
  }
  const shown = answered.filter(
    ({ row }) => familyOf(row.type) && !tableOf(row.type).device.pushOnly && done.has(row.seq),
  );
  const known = (key: string): Master => masters.get(key) ?? (masters.has(key) ? null : core.outbox.master(key));
  await core.show([...new Map(shown.map(({ row }) => [row.key, row])).values()], known, done);
  core.noteSettled(masters);
  await problems.record(refusals);
  await core.outbox.settle({ done: [...done], waiting, masters });
  return [...accepted];
}
