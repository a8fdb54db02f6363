import type { Connection } from '../platform/session.ts';
import { ApplyError } from './apply.ts';
import type { Core } from './core.ts';
import { createDailyCheck } from './daily-check.ts';
import { openDataKey } from './data-key.ts';
import { readDiagnostics } from './diagnostics.ts';
import { dropAll } from './drop-rows.ts';
import { createLink } from './link.ts';
import { mayPush } from './link-state.ts';
import type { OpenOptions } from './open-options.ts';
import type { Problems } from './problems.ts';
import { createPullEvents } from './pull-events.ts';
import { acknowledgeRejection, discardWrite } from './queue-actions.ts';
import { createSenders, type Senders } from './senders.ts';
import { sleep } from './sleep.ts';
import { isQuotaError } from './storage-space.ts';
import { derived, until } from './store.ts';
import { openFacts } from './sync-facts.ts';
import { syncRequests } from './sync-requests.ts';
import type { SyncFacts } from './sync-state.ts';
import type { TimeAnchor } from './time-anchor.ts';
import type { Uploads } from './uploads/uploads.ts';
import { watchWakeUps } from './wake-ups.ts';
import type { Store } from './types.ts';

/** Everything that moves data between this device and the server, running until closed. */
export type Sync = Pick<Senders, 'sending' | 'accepted'> & {
  /** Wakes whoever shows the state of things. */
  changed: Store<number>;
  facts(): Pick<SyncFacts, 'full' | 'link' | 'noNetwork' | 'mark' | 'first' | 'busy' | 'nextTryAt'>;
  now(): void;
  flush(timeoutMs: number): Promise<boolean>;
  rebuild(): Promise<void>;
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
  timeAnchor: TimeAnchor;
  options: OpenOptions;
  trouble: (error: unknown) => void;
};

export async function startSync({
  core,
  connection,
  problems,
  uploads,
  timeAnchor,
  options,
  trouble,
}: Parts): Promise<Sync> {
  const { clock } = connection;
  const closed = new AbortController();
  const requests = syncRequests(connection, await openDataKey(core.device, connection.deviceId));
  const facts = await openFacts(core);
  const pace = { sleep: options.sleep ?? sleep, random: options.random ?? Math.random };
  const check = createDailyCheck({ core, requests, facts, clock, trouble, signal: closed.signal });

  const onTrouble = (error: unknown): void => {
    if (error instanceof ApplyError) {
      facts.setFull(isQuotaError(error));
      void facts.setMark({ check_due: true }).catch(trouble);
    }
    trouble(error);
  };

  const events = createPullEvents({ connection, facts, timeAnchor, check, trouble, onTrouble });
  const link = createLink({
    core,
    requests,
    expired: connection.expired,
    reauthorize: () => connection.accessToken({ fresh: true }),
    silenceMs: options.silenceMs ?? 45_000,
    now: Date.now,
    ...pace,
    events: { ...events, trouble: onTrouble, wipeDue: (key) => options.onWipeDue?.(key) },
  });
  const isOnline = (): boolean => mayPush(link.state.get()) && !connection.expired();
  const senders = createSenders({
    core,
    connection,
    problems,
    uploads,
    requests,
    isOnline,
    onTrouble,
    signal: closed.signal,
    mostPerPush: options.mostPerPush,
    ...pace,
  });
  const hurry = (): void => void senders.hurry().catch(onTrouble);
  const works = derived(
    [link.state, uploads.progress, senders.sending],
    () => link.state.get().s === 'catching-up' || senders.sending.get().size > 0 || uploads.progress.get().size > 0,
  );

  const stops = [
    core.outbox.rows.subscribe(senders.writes.nudge),
    uploads.rows.subscribe(senders.files.nudge),
    senders.writes.nextTryAt.subscribe(facts.wake),
    facts.followWork(works),
    link.state.subscribe(() => {
      facts.wake();
      if (isOnline()) hurry();
    }),
    connection.onChange(() => {
      facts.wake();
      if (!connection.expired()) link.kick();
    }),
    watchWakeUps(connection.desktop, (anew) => {
      facts.wake();
      link.kick({ anew });
    }),
  ];
  const running = options.offline
    ? Promise.resolve([])
    : Promise.all([link.run(), senders.writes.run(), senders.files.run()]);
  running.catch(trouble);
  const empty = derived(
    [core.outbox.rows, uploads.rows],
    () => core.outbox.rows.get().length === 0 && !uploads.areWaiting(),
  );

  return {
    changed: facts.changed,
    sending: senders.sending,
    accepted: senders.accepted,
    facts: () => ({
      ...facts.get(),
      link: link.state.get(),
      noNetwork: globalThis.navigator?.onLine === false,
      nextTryAt: senders.writes.nextTryAt.get(),
    }),
    now() {
      link.kick();
      hurry();
    },
    async flush(timeoutMs) {
      link.kick();
      await senders.hurry();
      // When time is over, the caller asks the person what to do with what still waits.
      return until(empty, (done) => done, AbortSignal.timeout(timeoutMs)).catch(() => false);
    },
    rebuild: () =>
      link.apart(async () => {
        await facts.setMark({ checkpoint: null, complete: false, check_due: false });
        await dropAll(core);
      }),
    discardWrite: (seq) => discardWrite(core, seq, senders.letGo),
    acknowledge: (rejectionId) => acknowledgeRejection(core, rejectionId, clock.stamp().toISOString()),
    diagnostics: () => readDiagnostics({ core, connection, facts, problems, uploads, link: link.state.get() }),
    async close() {
      stops.forEach((stop) => stop());
      closed.abort();
      link.close();
      senders.close();
      facts.close();
      await running.catch(() => undefined);
      await check.ended();
    },
  };
}
