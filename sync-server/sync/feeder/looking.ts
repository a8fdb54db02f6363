import type { Deps } from '../../deps.ts';
import { findNews, type Found } from '../news.ts';
import type { Readers } from '../readers.ts';
import { inSlices } from '../slices.ts';
import type { Learned, Listener } from './listener.ts';
import { createOutage } from './outage.ts';

/** Finds what changed and tells the streams that it concerns. */
export type Looking = {
  /** Looks, now or when the look that is under way is over; without a word of a change it is asked first whether there is any. */
  wake(learned?: Learned): void;
  /** When what is being read now is read, however that ends; null where nothing is. */
  reading(): Promise<unknown> | null;
  /** A stream that just opened; it may have to be asked for alone. */
  joined(listener: Listener): void;
  /** It stands where it stood a while ago, and is asked for alone. */
  fellBehind(listener: Listener): void;
  left(listener: Listener): void;
  /** Nobody listens: what happens meanwhile is caught up by the streams themselves. */
  stop(): void;
  close(): void;
};

type Parts = { listeners: ReadonlySet<Listener>; readers: Readers; isBusy: (listener: Listener) => boolean };

export function createLooking(deps: Deps, { listeners, readers, isBusy }: Parts): Looking {
  const { server, log } = deps;
  const outage = createOutage(log, 'looking for changes');
  /** Joined while a look ran, which may read later than their catch-up and does not know them; or stand further back. */
  const newcomers = new Set<Listener>();
  let seen: string | null = null;
  let dirty = false;
  /** The first word of a change since the last look, and when that was. */
  let word: Learned | null = null;
  let looked = performance.now();
  let ticking: Promise<void> | null = null;
  let reading: Promise<unknown> | null = null;
  let closed = false;

  function wake(learned: Learned | null = null): void {
    dirty = true;
    word ??= learned;
    ticking ??= tick().finally(() => {
      ticking = null;
      if (dirty && !closed) wake();
    });
  }

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
      outage.isOver();
      for (const listener of joined) if (listeners.has(listener)) void listener.deliver(learned);
    } catch (error) {
      // The safety check comes again and looks from where this one did; whoever had just joined is asked for once more.
      for (const listener of listeners) newcomers.add(listener);
      outage.goesOn(error);
    }
  }

  /** Hands out what changed since `since`; newcomers, who may stand before it, are left to be asked for alone. */
  async function look(since: string, joined: readonly Listener[], learned: Learned): Promise<void> {
    // The last one may have left while it was asked whether there is any news.
    if (listeners.size === 0) return;
    // Those who write, or are through and not asked for yet, stand before `since`: what is read now is not all they lack.
    const free = [...listeners].filter((listener) => !isBusy(listener) && !newcomers.has(listener));
    const turns = new Map(free.map((listener) => [listener, listener.turn()]));
    const news = findNews(deps, since, readers);
    reading = news.catch(() => undefined);
    const found = await news.finally(() => (reading = null));
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
      if (stands(listener)) listener.take(news, learned);
      else void listener.deliver(learned);
    });
  }

  async function readSnapshot(): Promise<string> {
    const { rows } = await server.query<{ snapshot: string }>('select sync_snapshot()::text as snapshot');
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

  return {
    wake,
    reading: () => reading,
    joined(listener) {
      // Otherwise the next look begins where the last one ended, before the catch-up: nothing is missed, and a rush costs no looks.
      if (!ticking && seen !== null) return;
      newcomers.add(listener);
      wake();
    },
    fellBehind: (listener) => void newcomers.add(listener),
    left: (listener) => void newcomers.delete(listener),
    stop: () => void (seen = null),
    close: () => void (closed = true),
  };
}
