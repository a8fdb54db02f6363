import type { Tx } from '../../db/sql.ts';
import type { Learned, Listener } from './listener.ts';

/** What processes tell each other, and the database tells them all, over one channel of PostgreSQL. */
export const channel = 'sync_changes';

/** Whose stream was opened, and where. */
export type Opened = Pick<Listener, 'id' | 'userId' | 'device'>;

export type Notice =
  | { kind: 'changed'; from: string; learned: Learned }
  | { kind: 'opened'; stream: Opened }
  /** Sessions of this person may have ended; of anybody where nobody is named. */
  | { kind: 'ended'; userId: string | undefined };

/** With the time of the commit (ms since 1970), by which the others know how late they are. */
export const changedNotice = (committedAt: number, from: string): string => `${committedAt} ${from}`;
export const openedNotice = ({ id, userId, device }: Opened): string => `${id} ${userId} ${device}`;

/** Reads what one of these says, or a trigger of db/declared/session_ends.sql. */
export function readNotice(payload = ''): Notice {
  const [first = '', second, third] = payload.split(' ');
  if (first === 'ended') return { kind: 'ended', userId: second || undefined };
  if (first && second && third) return { kind: 'opened', stream: { id: first, userId: second, device: third } };
  const at = performance.now() - Math.max(0, Date.now() - Number(first));
  return { kind: 'changed', from: second ?? '', learned: { found: 'notice', at } };
}

/**
 * A notice has a commit of its own, which holds a lock of the whole cluster until it is on disk. There is nothing in it to
 * keep, so it does not wait for the disk.
 */
export const notify = async (by: Pick<Tx, 'query'>, payload: string): Promise<void> =>
  void (await by.query({ name: 'sync-notify', text: notifySql, values: [channel, payload] }));

const notifySql = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
