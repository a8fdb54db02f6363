import type { Connection } from '../platform/session.ts';
import type { Core } from './core.ts';
import type { Problems } from './problems.ts';
import { createPusher } from './push.ts';
import { createSender, type Sender } from './sender.ts';
import { cell } from './store.ts';
import type { SyncRequests } from './sync-requests.ts';
import type { Uploads } from './uploads/uploads.ts';
import type { Store } from './types.ts';

export type SendersParts = {
  core: Core;
  connection: Connection;
  problems: Problems;
  uploads: Uploads;
  requests: SyncRequests;
  isOnline: () => boolean;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  random: () => number;
  onTrouble: (error: unknown) => void;
  signal: AbortSignal;
  mostPerPush?: number | undefined;
};

/** What leaves this device: writes and files, each in its own line, the one waking the other. */
export type Senders = {
  writes: Sender;
  files: Sender;
  /** Operations on their way, by `seq`. */
  sending: Store<ReadonlySet<number>>;
  /** Rows whose writes were taken in the last two seconds, by key. */
  accepted: Store<ReadonlySet<string>>;
  /** Whether a write can still be given up (`Pusher.letGo`). */
  letGo(seq: number): boolean;
  /** Tries everything at once, also what the server told to wait. */
  hurry(): Promise<void>;
  close(): void;
};

/** How long the tick stands beside something that was accepted (screens 3.2). */
const tickMs = 2_000;

export function createSenders(parts: SendersParts): Senders {
  const { core, connection, problems, uploads, requests, isOnline, sleep, random, onTrouble, signal, mostPerPush } =
    parts;
  const sending = cell<ReadonlySet<number>>(new Set());
  const accepted = cell<ReadonlySet<string>>(new Set());
  const ticks = new Set<ReturnType<typeof setTimeout>>();

  function tick(keys: readonly string[]): void {
    const over = new Set(keys);
    accepted.set(new Set([...accepted.get(), ...over]));
    const timer = setTimeout(() => {
      ticks.delete(timer);
      accepted.set(new Set([...accepted.get()].filter((key) => !over.has(key))));
    }, tickMs);
    ticks.add(timer);
  }

  const pusher = createPusher({
    core,
    problems,
    now: Date.now,
    most: mostPerPush,
    send: (request) => requests.push(request, signal),
    onSending: sending.set,
    onAnswer: (answer) => connection.clock.observe(answer.server_time),
    onAccepted(keys) {
      tick(keys);
      // A file may go once the server knows its row.
      if (keys.some((key) => key.startsWith('files|'))) files.kick();
    },
  });
  const common = { open: isOnline, sleep, now: Date.now, random, onTrouble };
  const sender = createSender({
    ...common,
    work: () => pusher.push(),
    dueAt: () => earliest(core.outbox.rows.get().map(({ not_before }) => not_before)),
  });
  const writes: Sender = {
    ...sender,
    async run() {
      await sender.run();
      await pusher.settled();
    },
  };
  core.setLeaving(writes.isFree);
  const files: Sender = createSender({
    ...common,
    async work(stop) {
      const outcome = await uploads.sendNext(stop);
      if (outcome === 'sent') {
        // Work that waited for its files may go now.
        await core.turns(core.outbox.hurry);
        writes.kick();
      }
      return outcome;
    },
    dueAt: () => earliest(uploads.rows.get().map(({ not_before, state }) => (state === 'waiting' ? not_before : null))),
  });

  return {
    writes,
    files,
    sending,
    accepted,
    letGo: pusher.letGo,
    async hurry() {
      await core.turns(core.outbox.hurry);
      await uploads.hurry();
      writes.kick();
      files.kick();
    },
    close() {
      writes.close();
      files.close();
      ticks.forEach(clearTimeout);
    },
  };
}

const earliest = (times: readonly (number | null)[]): number | null => {
  const set = times.filter((time): time is number => time !== null);
  return set.length > 0 ? Math.min(...set) : null;
};
