import { allEnded } from '../../db/all-ended.ts';
import type { NewRow } from '../define-sync.ts';
import type { Push } from './judge-group.ts';
import { gather, type Plain } from './gather-plain.ts';
import type { Seen } from './seen.ts';

type Answer = Promise<Record<string, unknown>[] | null>;

/** What tables say to new rows, asked with the first statements of a push instead of behind their answers. */
export type EarlyAnswers = {
  /** Undefined where it was not asked about exactly these. */
  to(rows: readonly Plain[]): Answer | undefined;
  /** When all of them are here. */
  ended: Promise<unknown>;
};

export const noEarlyAnswers: EarlyAnswers = { to: () => undefined, ended: Promise.resolve() };

/** Taken for what it most likely is: operations that never came before, of rows that are not there. */
const nothingSeen: Pick<Seen, 'get'> = { get: () => undefined };

export function askEarly(work: Omit<Push, 'lastSyncAt' | 'early'>): EarlyAnswers {
  const { definitions, caller } = work;
  const context = { ...work, actor: caller.actor, deviceId: caller.deviceId, address: caller.address };
  const answers = new Map<string, Answer>();
  for (const rows of gather(work, nothingSeen, new Map())) {
    const inserts: NewRow[] = rows.flatMap((one) => (one.kind === 'insert' ? [one.row] : []));
    const ask = definitions.get(rows[0]!.received.op.type)?.plainInserts;
    if (ask && inserts.length === rows.length) answers.set(nameOf(rows), ask(context, inserts));
  }
  return { to: (rows) => answers.get(nameOf(rows)), ended: allEnded([...answers.values()]) };
}

const nameOf = (rows: readonly Plain[]): string => rows.map(({ at }) => at).join(' ');
