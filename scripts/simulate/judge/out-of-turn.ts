import type { Evidence, Finding } from './finding.ts';
import type { Told } from './verdicts.ts';

/** What was made over another operation is judged after that one, or it would be weighed against a state its writer never saw. */
export function findOutOfTurn(told: ReadonlyMap<string, Told>): Finding[] {
  return [...told.values()].flatMap(({ op, device, kept }): Finding[] => {
    const base = op.base === null ? undefined : told.get(op.base);
    if (!kept || !base?.kept || base.kept.order < kept.order) return [];
    const text = `${device.name}: ${op.type} ${op.id}, operation ${op.op} was judged before ${base.op.op}, over which it was made`;
    return [{ what: 'wrong', text }];
  });
}

/** What somebody else has changed meanwhile is not deleted by who had not seen that. */
export function findDeletedUnseen({ ledger }: Evidence, told: ReadonlyMap<string, Told>): Finding[] {
  return [...told.values()].flatMap(({ op, device, kept }): Finding[] => {
    if (!op.deleted || kept?.verdict !== 'ok' || !op.base || !ledger.outdated.has(op.base)) return [];
    const text = `${device.name} deleted ${op.type} ${op.id} over ${op.base}, which was changed meanwhile, operation ${op.op}`;
    return [{ what: 'wrong', text }];
  });
}
