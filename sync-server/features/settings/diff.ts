/** Columns of a row that say nothing about its settings. */
const bookkeeping = new Set(['id', 'v', 'created_at', 'updated_at', 'is_deleted', 'client_at', 'origin_device_id']);

type State = Record<string, unknown>;

/** What differs between two states of a row, for the trail. */
export function diff(before: State, after: State): { fields: string[]; before: State; after: State } {
  const fields = Object.keys(after).filter(
    (field) => !bookkeeping.has(field) && JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  const part = (state: State): State => Object.fromEntries(fields.map((field) => [field, state[field]]));
  return { fields, before: part(before), after: part(after) };
}
