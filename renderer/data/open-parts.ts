import type { Connection } from '../platform/session.ts';
import { openCore } from './core.ts';
import { DeviceDatabase } from './device-database.ts';
import { createDrafts } from './drafts.ts';
import { createLiveRows } from './live-rows.ts';
import type { OpenOptions } from './open-options.ts';
import { fileProblem } from './problem-rows.ts';
import { openProblems } from './problems.ts';
import { openSealer } from './sealing.ts';
import { startSync } from './start-sync.ts';
import { ReplicaStorage } from './storage/replica-storage.ts';
import { openTimeAnchor } from './time-anchor.ts';
import { tusSender } from './uploads/tus.ts';
import { openUploads } from './uploads/uploads.ts';
import { createViews } from './views.ts';
import { createWriteTroubles } from './write-trouble.ts';
import { HeldDatabase } from './wipe/held-database.ts';
import { openHeldOffer } from './wipe/restore-work.ts';

const dexieOptions = { chromeTransactionDurability: 'strict' } as const;

/** The databases and everything that works on them for one person; what needs the network is running when this resolves. */
export async function openParts(connection: Connection, options: OpenOptions, owner: string) {
  const { user, clock } = connection;
  const name = `growthos-${owner}`;
  const trouble = options.onTrouble ?? ((error: unknown) => console.error(error));
  const device = new DeviceDatabase(`growthos-device-${owner}`, options.indexedDB);
  const timeAnchor = await openTimeAnchor(device, clock);
  const troubles = createWriteTroubles();
  const core = await openCore({
    device,
    name,
    storage: options.storage ?? new ReplicaStorage({ ...dexieOptions, ...options.indexedDB }),
    stamp: clock.stamp,
    evidence: timeAnchor.evidence,
    onTrouble(error) {
      trouble(error);
      troubles.tell('hidden');
    },
  });
  const live = createLiveRows(core.database);
  const sealer = await openSealer(device, connection.desktop, user.id);
  const drafts = createDrafts(device, sealer, clock.stamp);
  const problems = await openProblems({ device, now: clock.stamp, find: live.find });
  const uploads = await openUploads({
    core,
    device,
    sealer,
    ownerId: user.id,
    send: options.sendBytes ?? tusSender(connection),
    now: clock.stamp,
    onRefused: async (row, error) => {
      await problems.add(fileProblem(row, error.status, (await core.read('files', row.file_id)) ?? {}, clock.stamp()));
    },
  });
  const sync = await startSync({ core, connection, problems, uploads, timeAnchor, options, trouble });
  const heldDatabase = new HeldDatabase(options.installation, options.indexedDB);
  const offer = await openHeldOffer({ held: heldDatabase, core, connection, sealer, drafts, problems, uploads });
  const views = createViews({ core, live, problems, uploads, sync, clock, expired: connection.expired });

  return {
    name,
    device,
    core,
    live,
    drafts,
    problems,
    uploads,
    sync,
    offer,
    views,
    troubles,
    async close() {
      views.close();
      await sync.close();
      live.close();
      await core.close();
      heldDatabase.close();
    },
  };
}

export type ReplicaParts = Awaited<ReturnType<typeof openParts>>;
