import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '#contract/roles.ts';
import type { Deps } from '../deps.ts';
import type { PoolClient, Tx } from '../db/sql.ts';
import { findNews, type Found, type News } from './news.ts';
import { createReaders } from './readers.ts';
import { createSessionEnds } from './session-ends.ts';
import { inSlices } from './slices.ts';

/** How a live stream looks to the feeder. */
export type Listener = {
  readonly userId: string;
  readonly role: Role;
  readonly sessionId: string;
  /** The device, so that a newer stream of it replaces this one. */
  readonly device: string;
  readonly id: string;
  /** Something this person sees may have changed: it is read for this stream alone. Never rejects. */
  deliver(learned: Learned): Promise<void>;
  /** Takes what was read for all who see the same, up to the state it was read in. Never rejects. */
  take(news: News, learned: Learned): Promise<void>;
  /** Up to this state nothing concerned this stream. */
  pass(snapshot: string): void;
  /** Another number after every delivery; null while one is under way. */
  turn(): number | null;
  /** Called a few times a second (`performance.now()`), so that thousands of streams need no timers of their own. */
  tend(now: number): void;
  /** `retryIn`: milliseconds after which the device should come back. */
  bye(reason: 'expired' | 'revoked' | 'shutdown' | 'replaced' | 'slow', retryIn?: number): void;
  /** Resolves when its last line has left. */
  readonly finished: Promise<void>;
};

/** How this process learned of a change, and since when it may have been committed (`performance.now()`). */
export type Learned = { found: 'push' | 'notice' | 'look'; at: number };

/** A device that pushed; `more`: it goes on at once, and hears on its own stream of all it changed when it is through. */
export type Writer = { userId: string; device: string; more: boolean };

/** Tells of what one transaction writes, as soon as anybody can hear of it. */
export type Herald = {
  /** Tells the other processes by a statement on the same connection as the commit that was just sent, right behind it. */
  behindCommit(tx: Tx): Promise<void>;
  /** It is committed: wakes this process now and the others, where they are not told yet, after the next few milliseconds. */
  committed(): void;
};

/** One per process: learns of changes and tells the streams of the people they concern. */
export type Feeder = {
  add(listener: Listener): void;
  remove(listener: Listener): void;
  /** For something that is about to be written here, `by` a device. */
  herald(by?: Writer): Herald;
  close(): Promise<void>;
};

const channel = 'sync_changes';
/** NOTIFY takes a lock at commit that all notifiers share; one in this time is enough (sync.md 3.5). */
const announceMs = 5;
/** What is written by jobs, commands or other programs is found by looking. */
const safetyMs = 250;
const farewellMs = 500;
/** After a stop devices come back at this pace, and none waits longer than that. */
const returnsPerMs = 0.2;
const longestReturnMs = 15_000;
/** So long a device that said it would go on is waited for, and so long a push may last before its stream is served all the same. */
const goesOnMs = 1000;
const longestPushMs = 5000;
/** Streams one person may hold open in one process: more than anybody has devices. */
const mostStreams = 16;

export function createFeeder(deps: Deps): Feeder {
  const { server, log, drain } = deps;
  /** Tells what this process says from what it hears. */
  const self = randomUUID();
  const listeners = new Set<Listener>();
  const readers = createReaders();
  /** Joined while a look ran, which may read later than their catch-up and does not know them. */
  const newcomers = new Set<Listener>();
  /** In the midst of a long push: they hold what changed, and reading it back between its parts would only slow those. */
  const writers = new Map<string, { since: number; timer: NodeJS.Timeout }>();
  const isBusy = (listener: Listener): boolean => writers.has(nameOf(listener));
  let seen: string | null = null;
  let dirty = false;
  /** The first word of a change since the last look, and when that was. */
  let word: Learned | null = null;
  let looked = performance.now();
  /** When what was not announced yet was committed; null where all is. */
  let unannounced: number | null = null;
  let ticking: Promise<void> | null = null;
  let announcing: NodeJS.Timeout | null = null;
  let safety: NodeJS.Timeout | null = null;
  let ear: PoolClient | null = null;
  let closed = false;
  const sessions = createSessionEnds(deps, {
    everybody: () => listeners,
    streamsOf: readers.streamsOf,
    isDeaf: () => ear === null,
  });

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
    const isTold = word !== null;
    word = null;
    looked = performance.now();
    if ([...listeners].every(isBusy)) return;
    const joined = [...newcomers].filter((listener) => !isBusy(listener));
    for (const listener of joined) newcomers.delete(listener);
    try {
      seen ??= await readSnapshot();
      if (isTold || readers.unknown().length > 0 || (await hasNews(seen))) await look(seen, joined, learned);
      for (const listener of joined) if (listeners.has(listener)) void listener.deliver(learned);
    } catch (error) {
      // The safety check comes again and looks from where this one did; whoever had just joined is asked for once more.
      for (const listener of listeners) newcomers.add(listener);
      log.error({ err: error }, 'looking for changes failed');
    }
  }

  /** Hands out what changed since `since`; newcomers, who may stand before it, are left to be asked for alone. */
  async function look(since: string, joined: readonly Listener[], learned: Learned): Promise<void> {
    // The last one may have left while it was asked whether there is any news.
    if (listeners.size === 0) return;
    // Those who write, or are through and not asked for yet, stand before `since`: what is read now is not all they lack.
    const free = [...listeners].filter((listener) => !isBusy(listener) && !newcomers.has(listener));
    const turns = new Map(free.map((listener) => [listener, listener.turn()]));
    const found = await findNews(deps, since, readers);
    seen = found.snapshot;
    // Where something was sent meanwhile, the stream may stand behind this state already, and is not put back to it.
    const stands = (listener: Listener): boolean =>
      listener.turn() !== null && listener.turn() === (turns.get(listener) ?? null);
    await handOut(found, stands, new Set(joined), learned);
  }

  /** One slow reader holds up nobody, and a thousand quick ones do not hold up the process. */
  async function handOut(
    { shared, alone, snapshot }: Found,
    stands: (listener: Listener) => boolean,
    joined: ReadonlySet<Listener>,
    learned: Learned,
  ): Promise<void> {
    const others = new Set([...listeners].filter((listener) => !joined.has(listener) && !isBusy(listener)));
    for (const listener of alone) if (others.delete(listener)) void listener.deliver(learned);
    const told = shared.flatMap(({ listeners: group, news }) =>
      group.filter((listener) => others.delete(listener)).map((listener) => ({ listener, news })),
    );
    for (const listener of others) if (stands(listener)) listener.pass(snapshot);
    await inSlices(told, ({ listener, news }) => {
      if (stands(listener)) void listener.take(news, learned);
      else void listener.deliver(learned);
    });
  }

  async function readSnapshot(): Promise<string> {
    const { rows } = await server.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
    return rows[0]!.snapshot;
  }

  async function hasNews(since: string): Promise<boolean> {
    const { rows } = await server.query<{ news: boolean }>({
      name: 'sync-has-news',
      text: 'select sync_has_news($1) as news',
      values: [since],
    });
    return rows[0]!.news;
  }

  async function listen(): Promise<void> {
    const client = await server.connect();
    if (closed || ear || listeners.size === 0) return client.release();
    ear = client;
    client.on('notification', ({ payload }) => {
      const [id, user, device] = (payload ?? '').split(' ');
      if (id === 'ended') sessions.told(user || undefined);
      else if (id && user && device) replace({ id, userId: user, device });
      else if (user !== self) wake({ found: 'notice', at: performance.now() - Math.max(0, Date.now() - Number(id)) });
    });
    client.once('error', () => {
      // One that was given up may still break as it closes; it is not given back twice.
      if (ear !== client) return;
      ear = null;
      client.release(true);
    });
    await client.query(`listen ${channel}`);
    // What was told while nobody heard.
    sessions.told();
  }

  /** The first change is told at once, what follows within the next milliseconds together. */
  function tellOthers(): void {
    announcing = null;
    if (unannounced === null || closed) return;
    // With the time of the commit, by which the others know how late they are.
    notify(`${unannounced} ${self}`).catch(report('announcing a change failed'));
    unannounced = null;
    announcing = setTimeout(tellOthers, announceMs);
  }

  function holdBack(writer: Writer): void {
    const name = nameOf(writer);
    const since = writers.get(name)?.since ?? performance.now();
    const left = Math.min(goesOnMs, since + longestPushMs - performance.now());
    if (left <= 0) return letHear(writer);
    clearTimeout(writers.get(name)?.timer);
    writers.set(name, { since, timer: setTimeout(() => letHear(writer), left).unref() });
  }

  /** Its stream stands where it stood before the push, and is asked for alone. */
  function letHear(writer: Writer): void {
    const name = nameOf(writer);
    const held = writers.get(name);
    if (!held) return;
    clearTimeout(held.timer);
    writers.delete(name);
    for (const listener of readers.streamsOf(writer.userId)) if (nameOf(listener) === name) newcomers.add(listener);
    wake({ found: 'push', at: performance.now() });
  }

  /** One stream per device, in whichever process the older one lives. */
  function replace({ id, userId, device }: Pick<Listener, 'id' | 'userId' | 'device'>): void {
    for (const other of [...readers.streamsOf(userId)])
      if (other.device === device && other.id !== id) other.bye('replaced');
  }

  /** However many devices one person claims to have, their streams are not what everybody else's server is busy with. */
  function makeRoom({ userId }: Listener): void {
    const own = [...readers.streamsOf(userId)];
    for (const oldest of own.slice(0, Math.max(0, own.length - mostStreams + 1))) oldest.bye('replaced');
  }

  const report = (what: string) => (error: unknown) => log.error({ err: error }, what);

  function start(): void {
    safety ??= setInterval(() => {
      wake();
      const now = performance.now();
      void inSlices(listeners, (listener) => listener.tend(now));
      if (!ear) void listen().catch(report('listening for changes failed'));
    }, safetyMs);
    sessions.start();
    void listen().catch(report('listening for changes failed'));
  }

  function stop(): void {
    if (safety) clearInterval(safety);
    safety = null;
    sessions.stop();
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
  const notify = async (payload: string, by = server as unknown as Tx): Promise<void> =>
    void (await by.query({ name: 'sync-notify', text: notifySql, values: [channel, payload] }));

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
      readers.add(listener);
      start();
      notify(`${listener.id} ${listener.userId} ${listener.device}`).catch(report('announcing a stream failed'));
      // Otherwise the next look begins where the last one ended, before the catch-up: nothing is missed, and a rush costs no looks.
      if (!ticking && seen !== null) return;
      newcomers.add(listener);
      wake();
    },
    remove(listener) {
      listeners.delete(listener);
      readers.remove(listener);
      newcomers.delete(listener);
      if (listeners.size === 0) stop();
    },
    herald(by) {
      let areTold = false;
      return {
        async behindCommit(tx) {
          // They were told of something a moment ago: what comes now is told together with what else comes.
          areTold = !announcing && !closed;
          if (!areTold) return;
          announcing = setTimeout(tellOthers, announceMs);
          await notify(`${Date.now()} ${self}`, tx).catch(report('announcing a change failed'));
        },
        committed() {
          if (by?.more) holdBack(by);
          else if (by) letHear(by);
          wake({ found: 'push', at: performance.now() });
          if (areTold) return;
          unannounced ??= Date.now();
          if (!announcing) tellOthers();
        },
      };
    },
    async close() {
      closed = true;
      for (const { timer } of writers.values()) clearTimeout(timer);
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

const nameOf = ({ userId, device }: Pick<Listener, 'userId' | 'device'>): string => `${userId} ${device}`;

const notifySql = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
