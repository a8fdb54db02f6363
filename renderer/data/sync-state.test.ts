import { describe, expect, it } from 'vitest';
import { noMark, type OutboxRow, type UploadRow } from './device-database.ts';
import { badgeOf, pendingOf, syncStateOf, type SyncFacts } from './sync-state.ts';
import type { Problem } from './types.ts';

const at = '2026-11-22T10:00:00.000Z';
const row = (over: Partial<OutboxRow> = {}): OutboxRow => ({
  seq: 1,
  op: 'op',
  key: 'lesson_notes|1',
  type: 'lesson_notes',
  id: '1',
  verb: 'insert',
  set: { body: 'x' },
  guess: {},
  base: null,
  client_at: at,
  sent: false,
  overtaken: false,
  tries: 0,
  not_before: null,
  ...over,
});
const upload = (over: Partial<UploadRow> = {}): UploadRow => ({
  file_id: 'f',
  bucket: 'b',
  path: 'p',
  mime: 'm',
  bytes: 10,
  state: 'waiting',
  upload_url: null,
  tries: 0,
  not_before: null,
  created_at: '2026-11-22T09:00:00.000Z',
  ...over,
});
const problem: Problem = {
  key: 'k',
  kind: 'refused',
  type: 'lesson_notes',
  id: '1',
  code: 'invalid',
  message: '',
  at: new Date(at),
  mine: {},
  theirs: null,
};
const facts = (over: Partial<SyncFacts> = {}): SyncFacts => ({
  expired: false,
  problems: [],
  full: false,
  link: { s: 'live' },
  noNetwork: false,
  mark: { ...noMark, complete: true, last_sync_at: at },
  first: { applied: 1, expected: 2, bytes: 3, ready: false },
  busy: false,
  outbox: [],
  uploads: [],
  nextTryAt: null,
  clockSkewMs: 0,
  ...over,
});

describe('the pill', () => {
  /** Everything at once; what ranks higher is taken away line by line (screens 3.1). */
  it('shows the highest of what is true', () => {
    const all = facts({
      expired: true,
      problems: [problem],
      full: true,
      link: { s: 'down', answered: true, nextTryAt: 5 },
      mark: noMark,
      busy: true,
      outbox: [row()],
    });
    const steps: [Partial<SyncFacts>, string][] = [
      [{}, 'expired'],
      [{ expired: false }, 'problem'],
      [{ problems: [] }, 'full'],
      [{ full: false }, 'unreachable'],
      [{ link: { s: 'down', answered: false, nextTryAt: 5 } }, 'offline'],
      [{ link: { s: 'catching-up' } }, 'preparing'],
      [{ mark: { ...noMark, complete: true } }, 'syncing'],
      [{ busy: false }, 'waiting'],
      [{ outbox: [] }, 'uptodate'],
    ];
    let state = all;
    for (const [change, status] of steps) {
      state = { ...state, ...change };
      expect(syncStateOf(state).status).toBe(status);
    }
  });

  it('says offline where the computer itself knows of no network, whatever answered before', () => {
    expect(syncStateOf(facts({ noNetwork: true, link: { s: 'down', answered: true, nextTryAt: 1 } })).status).toBe(
      'offline',
    );
  });

  it('does not speak of a server that refuses this app as of one that is in step', () => {
    const refused = (code: 'UPGRADE_REQUIRED' | 'PERMISSION_DENIED', behind?: 'app' | 'server') =>
      syncStateOf(facts({ link: { s: 'refused', code, ...(behind ? { behind } : {}) } }));
    expect(refused('PERMISSION_DENIED')).toMatchObject({ status: 'unreachable', outdated: null });
    expect(refused('UPGRADE_REQUIRED')).toMatchObject({ status: 'outdated', outdated: 'app' });
    expect(refused('UPGRADE_REQUIRED', 'server')).toMatchObject({ status: 'outdated', outdated: 'server' });
  });

  it('counts writes and files, not reports, and knows since when', () => {
    const state = syncStateOf(
      facts({
        outbox: [row(), row({ seq: 2, type: 'user_activity_logs' })],
        uploads: [upload(), upload({ state: 'ready' }), upload({ state: 'failed' })],
      }),
    );
    expect(state).toMatchObject({
      waiting: 2,
      status: 'waiting',
      oldestWaitingAt: new Date('2026-11-22T09:00:00.000Z'),
    });
  });

  it('shows the progress of a first sync only until it is complete', () => {
    expect(syncStateOf(facts()).progress).toBeNull();
    expect(syncStateOf(facts({ mark: noMark })).progress).toEqual({ applied: 1, expected: 2, bytes: 3, ready: false });
  });
});

describe('the queue in sync details', () => {
  it('lists writes in their order, then files, with what is on its way', () => {
    const items = pendingOf(
      [row(), row({ seq: 2, not_before: 9, tries: 3 })],
      [upload({ state: 'uploading' })],
      new Set([1]),
    );
    expect(items.map(({ key, state, tries, bytes }) => [key, state, tries, bytes])).toEqual([
      ['op:1', 'sending', 0, null],
      ['op:2', 'waiting', 3, null],
      ['file:f', 'sending', 0, 10],
    ]);
    expect(items[1]?.nextTryAt).toEqual(new Date(9));
  });
});

describe('the badge', () => {
  const none = { problems: [], queued: [], sending: new Set<number>(), accepted: new Set<string>() };
  it('shows what needs a person, then where the write stands, then a tick', () => {
    const badge = (over: Partial<typeof none> | object) => badgeOf('lesson_notes', '1', { ...none, ...over });
    expect(badge({})).toBeNull();
    expect(badge({ accepted: new Set(['lesson_notes|1']) })).toBe('accepted');
    expect(badge({ queued: [row()] })).toBe('waiting');
    expect(badge({ queued: [row()], sending: new Set([1]) })).toBe('sending');
    expect(badge({ queued: [row()], problems: [problem] })).toBe('attention');
    expect(badge({ problems: [{ ...problem, kind: 'conflict' }] })).toBe('conflict');
    expect(badge({ problems: [{ ...problem, kind: 'conflict', id: '9', theirs: { id: '1' } }] })).toBe('conflict');
    expect(badge({ problems: [{ ...problem, id: '2' }] })).toBeNull();
  });
});
