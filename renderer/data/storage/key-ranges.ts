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

function equalTo(condition: unknown): string | null {
  const value = typeof condition === 'object' && condition ? (condition as { $eq?: unknown }).$eq : condition;
  return typeof value === 'string' ? value : null;
}
