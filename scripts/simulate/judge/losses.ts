import type { Evidence, Finding } from './finding.ts';
import { storyOf, type Told } from './verdicts.ts';

/** Every text that nobody knowingly replaced is on the server, or on its device as something the person sees; nothing waits for ever. */
export async function findLost(
  { devices, ledger, places }: Evidence,
  told: ReadonlyMap<string, Told>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const seenOn = new Map<string, string>();
  for (const device of devices) {
    const { problems, pending, syncState } = device.replica!;
    seenOn.set(device.name, JSON.stringify([problems.get(), pending.get(), await device.replica!.listDrafts('')]));
    const state = syncState.get();
    if ((state.status !== 'uptodate' && state.status !== 'problem') || state.waiting > 0 || pending.get().length > 0)
      findings.push({
        what: 'stuck',
        text: `${device.name} is ${JSON.stringify([device.session!.getState().state, state, pending.get(), await device.replica!.diagnostics()])}${storyOfNamed(pending.get(), told)}`,
      });
  }
  for (const owed of ledger.owed())
    if (!places.get(owed.mark)?.some(({ isThere }) => isThere) && !seenOn.get(owed.device)?.includes(owed.mark))
      findings.push({
        what: 'lost',
        text: `${owed.device} wrote ${owed.mark} into ${owed.table} ${owed.id}${storyOf(owed, told)}`,
      });
  return findings;
}

/** What was done to the rows that something waits for. */
const storyOfNamed = (pending: unknown, told: ReadonlyMap<string, Told>): string => {
  const waiting = JSON.stringify(pending);
  const named = [...told.values()].filter(({ op }) => waiting.includes(op.id)).map(({ op }) => `${op.type}|${op.id}`);
  return [...new Set(named)]
    .map((key) => storyOf({ table: key.split('|')[0]!, id: key.split('|')[1]! }, told))
    .join('');
};

/** No text stands twice in the table it was written into. */
export function findTwice({ ledger, places }: Evidence): Finding[] {
  return [...ledger.written.values()].flatMap(({ mark, table, column }) => {
    const there = (places.get(mark) ?? []).filter(
      (place) => place.isThere && place.table === table && place.column === column,
    );
    return there.length > 1
      ? [{ what: 'twice' as const, text: `${mark} stands ${there.length} times in ${table}` }]
      : [];
  });
}
