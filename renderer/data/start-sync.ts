import { collectionOf, openFamilies } from './replica-database.ts';
import type { Connection } from '../platform/session.ts';
import { ApplyError, breathe, chunkSize } from './apply.ts';
import { checkReplica } from './check.ts';
import type { Core } from './core.ts';
import { changeMark, readMark, type SyncMark } from './device-database.ts';
import { createLink } from './link.ts';
import type { OpenOptions } from './open-replica.ts';
import type { Problems } from './problems.ts';
import { createPusher } from './push.ts';
import { createSender } from './sender.ts';
import { sleep } from './sleep.ts';
import { isQuotaError } from './storage-space.ts';
import { cell, derived, until, type Cell } from './store.ts';
import { syncRequests } from './sync-requests.ts';
import type { SyncFacts } from './sync-state.ts';
import type { Store } from './types.ts';
import type { Uploads } from './uploads.ts';
import { watchWakeUps } from './wake-ups.ts';
import { updateEdit, tableOf } from './writing.ts';

/** Everything that moves data between this device and the server, running until closed. */
export type Sync = {
  /** Wakes whoever shows the state of things. */
  changed: Store<number>;
  facts(): Pick<SyncFacts, 'full' | 'link' | 'noNetwork' | 'mark' | 'first' | 'busy' | 'nextTryAt'>;
  /** Operations on their way, by `seq`. */
  sending: Store<ReadonlySet<number>>;
  /** Rows whose writes were taken in the last two seconds, by key. */
  accepted: Store<ReadonlySet<string>>;
  now(): void;
  flush(timeoutMs: number): Promise<boolean>;
  rebuild(): Promise<void>;
  /** Gives up one queued write that was never sent, or that waits. */
  discardWrite(seq: number): Promise<void>;
  /** Tells the server that a rejection was seen. */
  acknowledge(rejectionId: string): Promise<void>;
  diagnostics(): Promise<Record<string, unknown>>;
  close(): Promise<void>;
};

type Parts = {
  core: Core;
  connection: Connection;
  problems: Problems;
  uploads: Uploads;
  options: OpenOptions;
  trouble: (error: unknown) => void;
};

/** How long the tick stands beside something that was accepted (screens 3.2). */
const tickMs = 2_000;
/** Shorter work than this does not show, so that the pill does not flicker (screens 3.1). */
const blinkMs = 800;
const dayMs = 86_400_000;

export async function startSync({ core, connection, problems, uploads, options, trouble }: Parts): Promise<Sync> {
  const { clock } = connection;
  const random = options.random ?? Math.random;
  const rest = options.sleep ?? sleep;
  const requests = syncRequests(connection);
  const changed = cell(0);
  const wake = (): void => changed.set(changed.get() + 1);
  const sending: Cell<ReadonlySet<number>> = cell(new Set<number>());
  const accepted: Cell<ReadonlySet<string>> = cell(new Set<string>());
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const after = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };

  let mark: SyncMark = await readMark(core.device);
  let first: SyncFacts['first'] = { applied: 0, expected: null, bytes: 0, ready: false };
  let full = false;
  let busy = false;
  let checking = false;
  const closed = new AbortController();

  const setMark = async (change: Partial<SyncMark>): Promise<void> => {
    mark = await changeMark(core.device, change);
    wake();
  };

  const onTrouble = (error: unknown): void => {
    if (error instanceof ApplyError) {
      full = isQuotaError(error);
      void setMark({ check_due: true }).catch(trouble);
    }
    trouble(error);
    wake();
  };

  const link = createLink({
    core,
    requests,
    expired: connection.expired,
    reauthorize: () => connection.accessToken({ fresh: true }),
    silenceMs: options.silenceMs ?? 45_000,
    sleep: rest,
    now: Date.now,
    random,
    events: {
      serverTime: clock.observe,
      lease(lease_until) {
        if (lease_until === mark.lease_until) return;
        void setMark({ lease_until }).catch(trouble);
        if (lease_until) connection.noteLease(lease_until);
      },
      progress(applied, expected) {
        first = { ...first, applied, expected };
        wake();
      },
      ready() {
        first = { ...first, ready: true };
        wake();
      },
      bytes(count) {
        if (!mark.complete) first = { ...first, bytes: first.bytes + count };
      },
      checkpoint(next) {
        mark = next;
        full = false;
        wake();
        void checkWhenDue().catch(onTrouble);
      },
      trouble: onTrouble,
    },
  });

  const isOnline = (): boolean => {
    const state = link.state.get();
    // An app too old to pull may still push, so that no work is stranded on it.
    const open = state.s === 'live' || state.s === 'catching-up' || (state.s === 'refused' && state.code === 'UPGRADE_REQUIRED');
    return open && !connection.expired();
  };

  const pusher = createPusher({
    core,
    problems,
    now: Date.now,
    send: (ops) => requests.push(ops, closed.signal),
    onSending: sending.set,
    onAnswer: (answer) => clock.observe(answer.server_time),
    onAccepted(keys) {
      accepted.set(new Set([...accepted.get(), ...keys]));
      after(tickMs, () => accepted.set(new Set([...accepted.get()].filter((key) => !keys.includes(key)))));
      if (keys.some((key) => key.startsWith('files|'))) fileSender.kick();
    },
  });

  const earliest = (times: readonly (number | null)[]): number | null => {
    const set = times.filter((time): time is number => time !== null);
    return set.length > 0 ? Math.min(...set) : null;
  };
  const writeSender = createSender({
    work: () => pusher.push(),
    open: isOnline,
    dueAt: () => earliest(core.outbox.rows.get().map(({ not_before }) => not_before)),
    sleep: rest,
    now: Date.now,
    random,
    onTrouble,
  });
  const fileSender = createSender({
    async work(signal) {
      const outcome = await uploads.sendNext(signal);
      // Work that waited for its files may go now.
      if (outcome === 'sent') {
        await core.turns(core.outbox.hurry);
        writeSender.kick();
      }
      return outcome;
    },
    open: isOnline,
    dueAt: () => earliest(uploads.rows.get().map(({ not_before, state }) => (state === 'waiting' ? not_before : null))),
    sleep: rest,
    now: Date.now,
    random,
    onTrouble,
  });
  const hurry = async (): Promise<void> => {
    await core.turns(core.outbox.hurry);
    await uploads.hurry();
    writeSender.kick();
    fileSender.kick();
  };

  async function checkWhenDue(): Promise<void> {
    if (checking || !mark.complete) return;
    const at = clock.stamp();
    if (mark.last_check_at === null && !mark.check_due) return setMark({ last_check_at: at.toISOString() });
    const due = mark.check_due || at.getTime() - Date.parse(mark.last_check_at ?? '') > dayMs;
    if (!due) return;
    checking = true;
    try {
      const repaired = await checkReplica(core, (request) => requests.check(request, closed.signal));
      if (repaired > 0) trouble(new Error(`the check put ${repaired} rows right`));
      await setMark({ check_due: false, last_check_at: at.toISOString() });
    } finally {
      checking = false;
    }
  }

  const works = derived(
    [link.state, uploads.progress, sending],
    () => link.state.get().s === 'catching-up' || sending.get().size > 0 || uploads.progress.get().size > 0,
  );
  let began = 0;
  const stops = [
    core.outbox.rows.subscribe(() => writeSender.nudge()),
    uploads.rows.subscribe(() => fileSender.nudge()),
    link.state.subscribe(() => {
      wake();
      if (isOnline()) void hurry().catch(onTrouble);
    }),
    writeSender.nextTryAt.subscribe(wake),
    works.subscribe(() => {
      began += 1;
      const run = began;
      if (!works.get()) {
        busy = false;
        wake();
      } else {
        after(blinkMs, () => {
          if (run !== began) return;
          busy = true;
          wake();
        });
      }
    }),
    connection.onChange(() => {
      wake();
      if (!connection.expired()) link.kick();
    }),
    watchWakeUps(connection.desktop, (anew) => {
      wake();
      link.kick({ anew });
    }),
  ];
  const running = options.offline
    ? Promise.resolve([])
    : Promise.all([link.run(), writeSender.run(), fileSender.run()]);
  running.catch(trouble);

  const idle = derived(
    [core.outbox.rows, uploads.rows],
    () => core.outbox.rows.get().length === 0 && !uploads.rows.get().some(({ state }) => state === 'waiting' || state === 'uploading'),
  );

  return {
    changed,
    facts: () => ({
      full,
      link: link.state.get(),
      noNetwork: globalThis.navigator?.onLine === false,
      mark,
      first,
      busy,
      nextTryAt: writeSender.nextTryAt.get(),
    }),
    sending,
    accepted,
    now() {
      link.kick();
      void hurry().catch(onTrouble);
    },
    async flush(timeoutMs) {
      link.kick();
      await hurry();
      try {
        await until(idle, (done) => done, AbortSignal.timeout(timeoutMs));
        return true;
      } catch {
        // Time is over; the caller asks the person what to do with what still waits.
        return false;
      }
    },
    async rebuild() {
      await setMark({ checkpoint: null, complete: false, check_due: false });
      first = { applied: 0, expected: null, bytes: 0, ready: false };
      await dropAll(core);
      link.kick({ anew: true });
    },
    discardWrite: (seq) =>
      core.turns(async () => {
        const row = core.outbox.rows.get().find((queued) => queued.seq === seq);
        if (!row || sending.get().has(seq)) return;
        await core.show([row], core.outbox.master, new Set([seq]));
        await core.outbox.settle({ done: [seq], waiting: [], masters: new Map([[row.key, core.outbox.master(row.key)]]) });
      }),
    acknowledge: (rejectionId) =>
      core.turns(async () => {
        const at = clock.stamp().toISOString();
        const edit = updateEdit(tableOf('sync_rejections'), rejectionId, { acknowledged_at: at }, at);
        // The row itself may still be on its way to this device; the server has it, it told us its id.
        const master = core.outbox.has(edit.key) ? core.outbox.master(edit.key) : await core.read('sync_rejections', rejectionId);
        await core.outbox.add(edit, master, () => true);
        await core.show([edit], core.outbox.master);
      }),
    async diagnostics() {
      const rows = Object.fromEntries(
        await Promise.all(
          openFamilies.map(async (family) => [family, await collectionOf(core.database, family).count().exec()] as const),
        ),
      );
      const { checkpoint, ...rest } = mark;
      return {
        ...rest,
        has_checkpoint: checkpoint !== null,
        link: link.state.get(),
        device_id: connection.deviceId,
        clock_skew_ms: clock.skewMs(),
        queued: core.outbox.rows.get().map(({ type, verb, sent, tries }) => ({ type, verb, sent, tries })),
        uploads: uploads.rows.get().map(({ state, bytes, tries }) => ({ state, bytes, tries })),
        problems: problems.rows.get().map(({ kind, type, code, at }) => ({ kind, type, code, at })),
        rows,
      };
    },
    async close() {
      stops.forEach((stop) => stop());
      timers.forEach(clearTimeout);
      closed.abort();
      link.close();
      writeSender.close();
      fileSender.close();
      await running.catch(() => undefined);
    },
  };
}

/** Empties the replica but for rows with unsent writes, whose content exists nowhere else. */
async function dropAll(core: Core): Promise<void> {
  for (const family of openFamilies) {
    const docs = await collectionOf(core.database, family).find().exec();
    const rows = docs.map(({ key, type, id }) => ({ key, type, id }));
    for (let from = 0; from < rows.length; from += chunkSize) {
      await core.turns(() =>
        core.show(
          rows.slice(from, from + chunkSize).filter(({ key }) => !core.outbox.has(key)),
          () => null,
        ),
      );
      await breathe();
    }
  }
}
