import type { PendingItem, Problem } from '../data/index.ts';

const line = ([column, value]: [string, unknown]): string =>
  `${column}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;

/** Everything unsent as plain text that a person can read and keep. */
export const unsentAsText = (pending: readonly PendingItem[], problems: readonly Problem[]): string =>
  [
    ...pending.map((item) => ({ type: item.type, at: item.createdAt, columns: item.set })),
    ...problems.map((item) => ({ type: item.type, at: item.at, columns: item.mine })),
  ]
    .map(({ type, at, columns }) => [`${type} (${at.toISOString()})`, ...Object.entries(columns).map(line)].join('\n'))
    .join('\n\n');
