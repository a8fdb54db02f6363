/** Keys from here to there, both included. */
export type KeyBounds = readonly [from: string, to: string];
export const allKeys: KeyBounds = ['', '\uffff'];

type Selector = Record<string, unknown>;

/** Where the documents that a question may mean lie: one, those of a table, or all. */
export function rangeOf(selector: Selector): KeyBounds {
  const [type, id] = [equalTo(selector.type), equalTo(selector.id)];
  if (type === null) return allKeys;
  return id === null ? [`${type}|`, `${type}|\uffff`] : [`${type}|${id}`, `${type}|${id}`];
}

/** The keys of documents that are asked for by their ids, in the order they lie in; null where others may be meant too. */
export function keysOf({ type, id }: Selector): string[] | null {
  const ofType = equalTo(type);
  const ids = typeof id === 'object' && id ? (id as { $in?: unknown }).$in : undefined;
  if (ofType === null || !Array.isArray(ids)) return null;
  return [...new Set(ids.map((one) => `${ofType}|${one}`))].toSorted();
}

function equalTo(condition: unknown): string | null {
  const value = typeof condition === 'object' && condition ? (condition as { $eq?: unknown }).$eq : condition;
  return typeof value === 'string' ? value : null;
}
