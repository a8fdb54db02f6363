import {
  pushLimit,
  pushResponseSchema,
  type Operation,
  type OperationVerdict,
  type PushResponse,
} from '#contract/protocol.ts';
import { NetworkError } from '../platform/errors.ts';
import { backoff, writeBackoff } from './backoff.ts';
import type { Core } from './core.ts';
import type { OutboxRow } from './device-database.ts';
import { familyOf, masterOf, type Master } from './documents.ts';
import type { Problems } from './problems.ts';
import { tableOf } from './writing.ts';

/** Bytes one push carries at most; the server's limit is higher. */
const pushBytes = 1_000_000;

/** An operation as it travels. */
export const operationOf = (row: OutboxRow): Operation => ({
  op: row.op,
  type: row.type,
  id: row.id,
  base: row.base,
  set: row.set,
  ...(row.verb === 'delete' ? { deleted: true } : {}),
  client_at: row.client_at,
  ...(row.evidence ? { evidence: row.evidence } : {}),
});

/**
 * The operations to send now: in the order they were written, except that files go before what names them and that one which
 * waits holds back only later writes of its own row.
 */
export function nextBatch(rows: readonly OutboxRow[], now: number): OutboxRow[] {
  const held = new Set<string>();
  const ready = rows.filter((row) => {
    if (row.not_before !== null && row.not_before > now) held.add(row.key);
    return !held.has(row.key);
  });
  const files = ready.filter(({ type }) => type === 'files');
  const ordered = [...files, ...ready.filter(({ type }) => type !== 'files')];
  const batch: OutboxRow[] = [];
  let bytes = 0;
  for (const row of ordered) {
    bytes += JSON.stringify(operationOf(row)).length;
    if (batch.length === pushLimit || (batch.length > 0 && bytes > pushBytes)) break;
    batch.push(row);
  }
  return batch;
}

export type SendOperations = (ops: Operation[]) => Promise<unknown>;
export type Pusher = {
  /** Sends one batch and settles its verdicts. `idle` = nothing may be sent now. */
  push(): Promise<'sent' | 'idle'>;
};

export type PusherParts = {
  core: Core;
  problems: Problems;
  send: SendOperations;
  now: () => number;
  /** The operations that are on their way, by `seq`; none when the answer is settled. */
  onSending(seqs: ReadonlySet<number>): void;
  onAnswer(response: PushResponse): void;
  /** Keys whose writes the server took. */
  onAccepted(keys: string[]): void;
};

export function createPusher({ core, problems, send, now, onSending, onAnswer, onAccepted }: PusherParts): Pusher {
  const isOvertaken = ({ key, seq }: OutboxRow): boolean =>
    core.outbox.of(key).some((row) => row.seq === seq && row.overtaken);

  return {
    async push() {
      const batch = await core.turns(async () => {
        const next = nextBatch(core.outbox.rows.get(), now());
        await core.outbox.freeze(next);
        return next;
      });
      if (batch.length === 0) return 'idle';
      onSending(new Set(batch.map(({ seq }) => seq)));
      try {
        const parsed = pushResponseSchema.safeParse(await send(batch.map(operationOf)));
        if (!parsed.success)
          throw new NetworkError('an answer to a push that is not one', { answered: true, cause: parsed.error });
        onAnswer(parsed.data);
        const verdicts = new Map(parsed.data.verdicts.map((verdict) => [verdict.op, verdict]));
        const answered = batch.flatMap((row) => {
          const verdict = verdicts.get(row.op);
          return verdict ? [{ row, verdict }] : [];
        });
        if (answered.length === 0) throw new NetworkError('a push answered without verdicts', { answered: true });
        const accepted = await core.turns(() => settle(answered));
        if (accepted.length > 0) onAccepted(accepted);
        return 'sent';
      } finally {
        onSending(new Set());
      }
    },
  };

  /**
   * Shows the server's answer first and forgets the operations second: after a crash in between they are sent again and get
   * the same verdict, while the other order would leave a refused text on the screen for good.
   */
  async function settle(answered: { row: OutboxRow; verdict: OperationVerdict }[]): Promise<string[]> {
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
}
