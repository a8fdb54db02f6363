import { randomUUID } from 'node:crypto';
import type { Operation, OperationVerdict } from '#contract/protocol.ts';
import { docKey, type TableName } from '#contract/tables/index.ts';
import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import type { Ask } from './asking.ts';
import type { Audience } from './audience.ts';
import type { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';

/** What a stranger at somebody's device works with. */
export type Grounds = {
  database: TestDatabase;
  audience: Audience;
  address: string;
  files: ReadonlyMap<string, string>;
};
export type Wrong = Pick<Operation, 'type' | 'id' | 'base' | 'set'>;

export async function textOf(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const text = await response.text();
  if (!response.ok) throw new Error(`a stranger's question was answered ${response.status}: ${text}`);
  return text;
}

/** Writes what must not be written; whatever is taken all the same, or answered with more than its writer may know, is told. */
export async function tryThem(
  device: Device,
  wrongs: readonly Wrong[],
  grounds: Pick<Grounds, 'audience'>,
  ask: Ask,
): Promise<Finding[]> {
  const ops = wrongs.map((one) => ({ ...one, op: randomUUID(), client_at: new Date().toISOString() }));
  if (ops.length === 0) return [];
  const { verdicts } = JSON.parse(await textOf(ask('/sync/v1/push', { ops }))) as { verdicts: OperationVerdict[] };
  return ops.flatMap((op): Finding[] => {
    const verdict = verdicts.find((one) => one.op === op.op)!;
    const about = `${device.name}, who may not, wrote ${JSON.stringify(op)}: ${JSON.stringify(verdict)}`;
    if (verdict.s === 'ok') return [{ what: 'wrong', text: about }];
    const doc = 'doc' in verdict ? verdict.doc : null;
    const isHidden = !grounds.audience.couldSee(device.person.id, docKey(op.type as TableName, op.id));
    return doc && !doc._deleted && isHidden ? [{ what: 'leaked', text: about }] : [];
  });
}
