import type { Finding } from './finding.ts';
import { storyOf, type Told } from './verdicts.ts';

/** Verdicts on what makes no sense. The app writes nothing of the kind: rules and shapes are asked before anything is queued. */
const senseless = new Set(['refused invalid', 'refused unknown']);
/** Answers to a question that is asked otherwise now. */
const mayBeOutdated = new Set(['onboarding_responses']);

/** What a computer sent arrived as it was meant. */
export function findMisshapen(told: ReadonlyMap<string, Told>): Finding[] {
  return [...told.values()].flatMap(({ op, device, kept }): Finding[] => {
    if (!kept || mayBeOutdated.has(op.type) || !senseless.has(kept.verdict)) return [];
    const story = storyOf({ table: op.type, id: op.id }, told);
    return [{ what: 'wrong', text: `${device.name} sent ${op.type} ${op.id}: ${kept.verdict}${story}` }];
  });
}
