import { findDifferences } from './agreement.ts';
import { findWrongEffects } from './effects.ts';
import type { Evidence, Finding } from './finding.ts';
import { findUnkept } from './kept.ts';
import { findLeaks } from './leaks.ts';
import { findLost, findTwice } from './losses.ts';
import { findWrongMerges } from './merges.ts';
import { findMisshapen } from './misshapen.ts';
import { findNeedless } from './needless.ts';
import { findDeletedUnseen, findOutOfTurn } from './out-of-turn.ts';
import { notePlaces } from './places.ts';
import { findWrongReceipts } from './receipts.ts';
import { findForgotten, findSwallowed, findUntold, readTold } from './verdicts.ts';

export type Judgement = { findings: Finding[]; checkedDocs: number; acked: number };

/** Compares devices, server and ledger once everybody is online and quiet. */
export async function judge(evidence: Evidence): Promise<Judgement> {
  const people = evidence.devices.map(({ person }) => person);
  await evidence.audience.look(evidence.academy, people);
  const { findings: different, checkedDocs } = await findDifferences(evidence);
  await notePlaces(evidence.database, evidence.places);
  const { told, findings: changed } = await readTold(evidence);
  const findings = [
    ...different,
    ...(await findLost(evidence, told)),
    ...findTwice(evidence),
    ...(await findLeaks(evidence)),
    ...changed,
    ...findForgotten(told),
    ...findOutOfTurn(told),
    ...findDeletedUnseen(evidence, told),
    ...findMisshapen(told),
    ...findSwallowed(evidence, told),
    ...(await findUntold(evidence, told)),
    ...(await findNeedless(evidence, told)),
    ...(await findWrongReceipts(evidence, told)),
    ...(await findWrongMerges(evidence, told)),
    ...(await findUnkept(evidence, told)),
    ...(await findWrongEffects(evidence)),
    ...(await evidence.watched.findForgotten(evidence.database)),
  ];
  const acked = [...told.values()].filter(({ verdicts }) => verdicts.includes('ok')).length;
  return { findings, checkedDocs, acked };
}
