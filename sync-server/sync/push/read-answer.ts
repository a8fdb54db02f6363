import { findTable } from '#contract/tables/index.ts';
import type { Tx } from '../../db/sql.ts';
import type { Push } from './judge-group.ts';
import { createSeen } from './seen.ts';
import { verdictText, type Judgement } from './verdicts.ts';

/** Every verdict with the row as the person sees it after all of the push. */
export async function readAnswer(
  tx: Tx,
  operations: Push['operations'],
  judgements: readonly Judgement[],
): Promise<string[]> {
  const names = operations.map((one) => ('sha256' in one ? one.op : one));
  const now = createSeen(tx);
  await now.read(names.filter(({ type, id }) => findTable(type) && isUuid(id)));
  return operations.map((one, at) => {
    const name = 'sha256' in one ? one.op : one;
    const isKept = findTable(name.type) !== undefined && !findTable(name.type)!.device.pushOnly && 'sha256' in one;
    return verdictText(
      name as { op: string; type: string; id: string },
      judgements[at]!,
      isKept ? now.get(name.type, name.id) : null,
    );
  });
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
