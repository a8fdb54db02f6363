import type { DraftEntry, PendingItem, Problem } from '../data/index.ts';

const line = ([column, value]: [string, unknown]): string =>
  `${column}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;

/** Whether a draft holds anything that was written, linked or attached. */
export const holdsWork = (value: unknown): boolean =>
  Object.entries(columnsOf(value)).some(
    ([column, one]) => column !== 'id' && (typeof one === 'string' || Array.isArray(one)) && one.length > 0,
  );

const columnsOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : { text: value });

/** Everything unsent as plain text that a person can read and keep. */
export const unsentAsText = (
  pending: readonly PendingItem[],
  problems: readonly Problem[],
  drafts: readonly DraftEntry[],
): string =>
  [
    ...pending.map((item) => ({ type: item.type, at: item.createdAt, columns: item.set })),
    ...problems.map((item) => ({ type: item.type, at: item.at, columns: item.mine })),
    ...drafts.map(({ key, savedAt, value }) => ({ type: `draft ${key}`, at: savedAt, columns: columnsOf(value) })),
  ]
    .map(({ type, at, columns }) => [`${type} (${at.toISOString()})`, ...Object.entries(columns).map(line)].join('\n'))
    .join('\n\n');
