import { setTimeout as sleep } from 'node:timers/promises';
import type { Deps } from '../deps.ts';
import type { PoolClient } from '../db/sql.ts';
import { findEndedSessions } from './live-sessions.ts';

/** How a live stream looks to the feeder. */
export type Listener = {
  readonly userId: string;
  readonly role: string;
  readonly sessionId: string;
  /** The device, so that a newer stream of it replaces this one. */
  readonly device: string;
  readonly id: string;
  /** Something this person sees may have changed. Never rejects. */
  deliver(learned: Learned): Promise<void>;
  /** `retryIn`: milliseconds after which the device should come back. */
  bye(reason: 'expired' | 'revoked' | 'shutdown' | 'replaced' | 'slow', retryIn?: number): void;
  /** Resolves when its last line has left. */
  readonly finished: Promise<void>;
};

/** How this process learned of a change, and since when it may have been committed (`performance.now()`). */
export type Learned = { found: 'push' | 'notice' | 'look'; at: number };

/** One per process: learns of changes and tells the streams of the people they concern. */
export type Feeder = {
  add(listener: Listener): void;
  remove(listener: Listener): void;
  /** Something was written here: wakes this process now and the others after the next few milliseconds. */
  announce(): void;
  close(): Promise<void>;
};

const channel = 'sync_changes';
/** NOTIFY takes a lock at commit that all notifiers share; one in this time is enough (sync.md 3.5). */
const announceMs = 5;
/** What is written by jobs, commands or other programs is found by looking. */
const safetyMs = 250;
const sessionsMs = 500;
const farewellMs = 500;
/** After a stop devices come back at this pace, and none waits longer than that. */
const returnsPerMs = 0.2;
const longestReturnMs = 15_000;
/** Streams one person may hold open in one process: more than anybody has devices. */
const mostStreams = 16;

export function createFeeder({ server, log, clock, drain }: Deps): Feeder {
  const listeners = new Set<Listener>();
  /** Joined while a look ran, which may read later than their catch-up and does not know them. */
  const newcomers = new Set<Listener>();
  let seen: string | null = null;
  let dirty = false;
  /** The first word of a change since the last look, and when that was. */
  let word: Learned | null = null;
  let looked = performance.now();
  /** When what was not announced yet was committed. */
  let unannounced = 0;
  let ticking: Promise<void> | null = null;
  let announcing: NodeJS.Timeout | null = null;
  let safety: NodeJS.Timeout | null = null;
  let sessions: NodeJS.Timeout | null = null;
  let ear: PoolClient | null = null;
  let closed = false;

  const wake = (learned: Learned | null = null): void => {
    dirty = true;
    word ??= learned;
    ticking ??= tick().finally(() => {
      ticking = null;
      if (dirty && !closed) wake();
    });
  };

  async function tick(): Promise<void> {
    dirty = false;
    const learned = word ?? { found: 'look', at: looked };
    word = null;
    looked = performance.now();
    if (listeners.size === 0) return;
    try {
      const joined = [...newcomers];
      newcomers.clear();
      const concerned = await findConcerned();
      for (const listener of listeners) {
        // Not awaited: one slow reader must not hold up the others.
        if (concerned.has(listener.userId) || joined.includes(listener)) void listener.deliver(learned);
      }
    } catch (error) {
      // The safety check comes again and looks from where this one did; whoever had just joined is asked for once more.
      for (const listener of listeners) newcomers.add(listener);
      log.error({ err: error }, 'looking for changes failed');
    }
  }

  /** Who, among the listeners, may see something new since the last look. One statement, one snapshot. */
  async function findConcerned(): Promise<Set<string>> {
    const people = [...new Set([...listeners].map(({ userId }) => userId))];
    const { rows } = await server.query<{ snapshot: string; concerned: string[] }>({
      name: 'sync-concerned',
      text: concernedSql,
      values: [seen, people],
    });
    const { snapshot, concerned } = rows[0]!;
    seen = snapshot;
    return new Set(concerned);
  }

  async function endSessions(): Promise<void> {
    const ended = await findEndedSessions(server, [...listeners], clock.now());
    for (const listener of ended) listener.bye('revoked');
  }

  async function listen(): Promise<void> {
    const client = await server.connect();
    if (closed || ear || listeners.size === 0) return client.release();
    ear = client;
    client.on('notification', ({ payload }) => {
      const [id, user, device] = (payload ?? '').split(' ');
      if (id && user && device) replace({ id, userId: user, device });
      else wake({ found: 'notice', at: performance.now() - Math.max(0, Date.now() - Number(payload)) });
    });
    client.once('error', () => {
      ear = null;
      client.release(true);
    });
    await client.query(`listen ${channel}`);
  }

  /** One stream per device, in whichever process the older one lives. */
  function replace({ id, userId, device }: Pick<Listener, 'id' | 'userId' | 'device'>): void {
    for (const other of listeners)
      if (other.userId === userId && other.device === device && other.id !== id) other.bye('replaced');
  }

  /** However many devices one person claims to have, their streams are not what everybody else's server is busy with. */
  function makeRoom({ userId }: Listener): void {
    const own = [...listeners].filter((other) => other.userId === userId);
    for (const oldest of own.slice(0, Math.max(0, own.length - mostStreams + 1))) oldest.bye('replaced');
  }

  const report = (what: string) => (error: unknown) => log.error({ err: error }, what);

  function start(): void {
    safety ??= setInterval(() => {
      wake();
      if (!ear) void listen().catch(report('listening for changes failed'));
    }, safetyMs);
    sessions ??= setInterval(() => void endSessions().catch(report('looking for ended sessions failed')), sessionsMs);
    void listen().catch(report('listening for changes failed'));
  }

  function stop(): void {
    if (safety) clearInterval(safety);
    if (sessions) clearInterval(sessions);
    safety = sessions = null;
    // Nobody listens: the connection goes back to the pool; what happens meanwhile is caught up by the streams themselves.
    const client = ear;
    ear = null;
    client?.removeAllListeners('notification');
    client?.release(true);
    seen = null;
  }

  /**
   * A notice has a commit of its own, which holds a lock of the whole cluster until it is on disk. There is nothing in it to
   * keep, so it does not wait for the disk.
   */
  const notify = async (payload: string): Promise<void> =>
    void (await server.query({ name: 'sync-notify', text: notifySql, values: [channel, payload] }));

  /** A stop that was announced: streams end one after the other, and their devices go on elsewhere at once. */
  drain.onBegin((ms) => {
    const open = [...listeners];
    for (const [at, listener] of open.entries())
      setTimeout(() => listener.bye('shutdown', 0), (ms * at) / open.length).unref();
  });

  return {
    add(listener) {
      replace(listener);
      makeRoom(listener);
      listeners.add(listener);
      start();
      notify(`${listener.id} ${listener.userId} ${listener.device}`).catch(report('announcing a stream failed'));
      // Otherwise the next look begins where the last one ended, before the catch-up: nothing is missed, and a rush costs no looks.
      if (!ticking && seen !== null) return;
      newcomers.add(listener);
      wake();
    },
    remove(listener) {
      listeners.delete(listener);
      newcomers.delete(listener);
      if (listeners.size === 0) stop();
    },
    announce() {
      wake({ found: 'push', at: performance.now() });
      if (!announcing) unannounced = Date.now();
      announcing ??= setTimeout(() => {
        announcing = null;
        // With the time of the commit, by which the others know how late they are.
        notify(String(unannounced)).catch(report('announcing a change failed'));
      }, announceMs);
    },
    async close() {
      closed = true;
      if (announcing) clearTimeout(announcing);
      const open = [...listeners];
      const spread = Math.min(longestReturnMs, open.length / returnsPerMs);
      for (const listener of open) listener.bye('shutdown', Math.round(Math.random() * spread));
      stop();
      // Sockets are cut after this; a reader that takes nothing is not waited for.
      await Promise.race([
        Promise.all(open.map(({ finished }) => finished)),
        sleep(farewellMs, undefined, { ref: false }),
      ]);
    },
  };
}

const notifySql = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";

/** $1: the snapshot of the last look (null: none, and then nobody is concerned but newcomers), $2: the people who listen here. */
const concernedSql = `
  with changed as materialized (
    select distinct scope from sync_rows
    where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)
  )
  select pg_current_snapshot()::text as snapshot, array(
    select m.user_id from sync_members m
    where m.user_id = any($2::uuid[]) and m.lost is null and m.scope in (select scope from changed)
    union
    select m.user_id from sync_members m
    where m.user_id = any($2::uuid[])
      and (m.gained >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(m.gained, $1::pg_snapshot)
        or m.lost >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(m.lost, $1::pg_snapshot))
  ) as concerned`;
