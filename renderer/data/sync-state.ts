import type { TableName } from '#contract/tables/index.ts';
import { docKey, findTable } from '#contract/tables/index.ts';
import type { OutboxRow, SyncMark, UploadRow } from './device-database.ts';
import type { LinkState } from './link-state.ts';
import { problemAbout } from './shown-problems.ts';
import { isUnsent } from './uploads/upload-state.ts';
import type { PendingItem, Problem, SyncBadge, SyncState, SyncStatus } from './types.ts';

/** Everything the pill is made of. */
export type SyncFacts = {
  expired: boolean;
  problems: readonly Problem[];
  full: boolean;
  link: LinkState;
  /** The computer says there is no network at all. */
  noNetwork: boolean;
  mark: SyncMark;
  first: { applied: number; expected: number | null; bytes: number; ready: boolean };
  /** Sending or catching up for longer than a blink. */
  busy: boolean;
  outbox: readonly OutboxRow[];
  uploads: readonly UploadRow[];
  nextTryAt: number | null;
  clockSkewMs: number | null;
};

/** Reports nobody reads back (page visits) are sent like the rest, but are not what a person waits for. */
export const isOwnWork = ({ type }: { type: string }): boolean => !findTable(type)?.device.pushOnly;

/** The pill's state by rank (screens 3.1). "Online" means the server answered, not that the computer has a network. */
export function statusOf(facts: SyncFacts, waiting: number): SyncStatus {
  if (facts.expired) return 'expired';
  if (facts.problems.length > 0) return 'problem';
  if (facts.full) return 'full';
  if (outdatedBy(facts.link)) return 'outdated';
  if (facts.link.s === 'refused') return 'unreachable';
  if (facts.link.s === 'down') return facts.link.answered && !facts.noNetwork ? 'unreachable' : 'offline';
  if (!facts.mark.complete) return 'preparing';
  if (facts.busy) return 'syncing';
  return waiting > 0 ? 'waiting' : 'uptodate';
}

const outdatedBy = (link: LinkState): SyncState['outdated'] =>
  link.s === 'refused' && link.code === 'UPGRADE_REQUIRED' ? (link.behind ?? 'app') : null;

export function syncStateOf(facts: SyncFacts): SyncState {
  const writes = tallyOf(facts.outbox);
  const uploads = facts.uploads.filter(isUnsent);
  const waiting = writes.count + uploads.length;
  let { oldest } = writes;
  for (const { created_at } of uploads) oldest = earlier(oldest, created_at);
  const nextTry = facts.link.s === 'down' ? facts.link.nextTryAt : waiting > 0 ? facts.nextTryAt : null;
  return {
    status: statusOf(facts, waiting),
    waiting,
    problems: facts.problems.length,
    progress: facts.mark.complete ? null : facts.first,
    lastSyncAt: dateOf(facts.mark.last_sync_at),
    oldestWaitingAt: dateOf(oldest),
    nextTryAt: nextTry === null ? null : new Date(nextTry),
    clockSkewMs: facts.clockSkewMs,
    leaseUntil: dateOf(facts.mark.lease_until),
    outdated: outdatedBy(facts.link),
  };
}

type Tally = { count: number; oldest: string | null };
const tallies = new WeakMap<readonly OutboxRow[], Tally>();

/** Of what its person wrote. Kept for each state of the queue, for much else changes while thousands of writes are sent. */
function tallyOf(outbox: readonly OutboxRow[]): Tally {
  const known = tallies.get(outbox);
  if (known) return known;
  const tally: Tally = { count: 0, oldest: null };
  for (const row of outbox) {
    if (!isOwnWork(row)) continue;
    tally.count += 1;
    tally.oldest = earlier(tally.oldest, row.client_at);
  }
  tallies.set(outbox, tally);
  return tally;
}

/** Of two times as ISO text, the first; no sorting, for this is asked at every change of a queue of thousands. */
const earlier = (one: string | null, other: string): string => (one === null || other < one ? other : one);

const dateOf = (iso: string | null): Date | null => (iso === null ? null : new Date(iso));

export function sameSyncState(a: SyncState, b: SyncState): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The queue as sync details lists it: writes in their order, then files. */
export function pendingOf(
  outbox: readonly OutboxRow[],
  uploads: readonly UploadRow[],
  sending: ReadonlySet<number>,
): PendingItem[] {
  const writes = outbox.filter(isOwnWork).map((row): PendingItem => ({
    key: `op:${row.seq}`,
    type: row.type as TableName,
    id: row.id,
    createdAt: new Date(row.client_at),
    tries: row.tries,
    nextTryAt: row.not_before === null ? null : new Date(row.not_before),
    state: sending.has(row.seq) ? 'sending' : 'waiting',
    bytes: null,
    set: row.set,
  }));
  const files = uploads.filter(isUnsent).map((row): PendingItem => ({
    key: `file:${row.file_id}`,
    type: 'files',
    id: row.file_id,
    createdAt: new Date(row.created_at),
    tries: row.tries,
    nextTryAt: row.not_before === null ? null : new Date(row.not_before),
    state: row.state === 'uploading' ? 'sending' : 'waiting',
    bytes: row.bytes,
    set: {},
  }));
  return [...writes, ...files];
}

/** The badge of one row: what needs a person first, then where its writes stand, then the tick of the last two seconds. */
export function badgeOf(
  type: TableName,
  id: string,
  facts: {
    problems: readonly Problem[];
    queued: readonly OutboxRow[];
    sending: ReadonlySet<number>;
    accepted: ReadonlySet<string>;
  },
): SyncBadge | null {
  const problem = problemAbout(facts.problems, type, id);
  if (problem) return problem.kind === 'conflict' ? 'conflict' : 'attention';
  if (facts.queued.length > 0) return facts.queued.some(({ seq }) => facts.sending.has(seq)) ? 'sending' : 'waiting';
  return facts.accepted.has(docKey(type, id)) ? 'accepted' : null;
}
