import type { TableName } from '#contract/tables/index.ts';
import { docKey } from '#contract/tables/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Core } from './core.ts';
import type { LiveRows } from './live-rows.ts';
import type { Problems } from './problems.ts';
import { mergeProblems } from './shown-problems.ts';
import type { Sync } from './start-sync.ts';
import { derived } from './store.ts';
import { badgeOf, pendingOf, sameSyncState, syncStateOf } from './sync-state.ts';
import type { PendingItem, Problem, Store, SyncBadge, SyncState, Upload } from './types.ts';
import { uploadOf } from './uploads/upload-state.ts';
import type { Uploads } from './uploads/uploads.ts';

type Parts = {
  core: Core;
  live: LiveRows;
  problems: Problems;
  uploads: Uploads;
  sync: Sync;
  clock: Clock;
  expired: () => boolean;
};

/** What the pill, the badges and sync details read. */
export type Views = {
  syncState: Store<SyncState>;
  pending: Store<PendingItem[]>;
  problems: Store<Problem[]>;
  badge(type: TableName, id: string): Store<SyncBadge | null>;
  upload(fileId: string): Store<Upload | null>;
  close(): void;
};

const sameContent = <T>(a: T, b: T): boolean => JSON.stringify(a) === JSON.stringify(b);

export function createViews({ core, live, problems, uploads, sync, clock, expired }: Parts): Views {
  const rejections = live.rows('sync_rejections');
  const shown = derived(
    [problems.rows, rejections],
    () => mergeProblems(problems.rows.get(), rejections.get() ?? []),
    sameContent,
  );
  const syncState = derived(
    [shown, sync.changed, core.outbox.rows, uploads.rows],
    () =>
      syncStateOf({
        ...sync.facts(),
        expired: expired(),
        problems: shown.get(),
        outbox: core.outbox.rows.get(),
        uploads: uploads.rows.get(),
        clockSkewMs: clock.skewMs(),
      }),
    sameSyncState,
  );
  const pending = derived(
    [core.outbox.rows, uploads.rows, sync.sending],
    () => pendingOf(core.outbox.rows.get(), uploads.rows.get(), sync.sending.get()),
    sameContent,
  );
  // The server's list of rejections is followed also while no screen asks for it: the pill needs it.
  const stop = shown.subscribe(() => undefined);
  return {
    syncState,
    pending,
    problems: shown,
    badge: (type, id) =>
      derived([shown, core.outbox.rows, sync.sending, sync.accepted], () =>
        badgeOf(type, id, {
          problems: shown.get(),
          queued: core.outbox.of(docKey(type, id)),
          sending: sync.sending.get(),
          accepted: sync.accepted.get(),
        }),
      ),
    upload: (fileId) =>
      derived(
        [uploads.rows, uploads.progress],
        () => uploadOf(uploads.rows.get(), uploads.progress.get(), fileId),
        sameContent,
      ),
    close: stop,
  };
}
