import type { Operation } from '#contract/protocol.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** As `Date.toISOString` writes it, up to the day, which the calendar has to know. */
const instant = /^2\d{3}-(?:0[1-9]|1[0-2])-(?:[01]\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const fields = new Set(['op', 'type', 'id', 'base', 'set', 'client_at']);

/**
 * True for an operation as nearly all of a long queue are, told without its schema, which would copy each of them. Says no to much that
 * is welcome (deletions, evidence, capital letters, the last days of a month): that is read by the schema.
 */
export function isPlainOperation(given: unknown): given is Operation {
  if (typeof given !== 'object' || given === null) return false;
  const { op, type, id, base, set, client_at } = given as Partial<Record<keyof Operation, unknown>>;
  if (typeof op !== 'string' || typeof id !== 'string' || typeof type !== 'string' || typeof client_at !== 'string')
    return false;
  if (!(base === null || (typeof base === 'string' && base.length <= 60)) || type.length > 60) return false;
  if (typeof set !== 'object' || set === null || Array.isArray(set)) return false;
  for (const column in set) if (column.length > 60) return false;
  for (const field in given) if (!fields.has(field)) return false;
  return uuid.test(op) && uuid.test(id) && instant.test(client_at);
}
