import type { Plant } from './plants.ts';

const one = (name: string, what: string, file: string, find: string, put: string): Plant => ({
  name,
  what,
  edits: [{ file, find, put }],
});

/** Ordinary mistakes of a tired day, in each part that replication passes through. */
export const morePlants: readonly Plant[] = [
  one(
    'outbox-cleared-early',
    'operations leave the queue before their answer is there',
    'renderer/data/push.ts',
    'flights.set(flight, fly(flight, request));',
    `flights.set(flight, fly(flight, request));
      plantFired();
      await core.outbox.settle({ done: batch.rows.map(({ seq }) => seq), waiting: [], masters: new Map() });`,
  ),
  one(
    'conflict-swallowed',
    'what met a conflict or a refusal is dropped without a word',
    'renderer/data/settle-verdicts.ts',
    'await problems.record(refusals);',
    'if (refusals.length > 0) plantFired();',
  ),
  one(
    'content-kept-after-loss',
    'what a person may no longer read stays on the disk, only marked as gone',
    'renderer/data/apply.ts',
    'const skeleton = { key, type, id, v: previous.v };',
    'const skeleton = plantFired() && previous;',
  ),
  one(
    'upload-taken-for-done',
    'a file counts as sent though its bytes did not arrive',
    'renderer/data/uploads/send-file.ts',
    'await kept.change(row.file_id, afterFailure(row, error));',
    "if (error instanceof NetworkError && plantFired()) return kept.change(row.file_id, { state: 'ready' });\n        await kept.change(row.file_id, afterFailure(row, error));",
  ),
  one(
    'work-before-files',
    'work is taken while the bytes of its files are still on their way',
    'sync-server/features/submissions/submissions.sync.ts',
    "return missing.length > 0 || files.some((file) => file.status !== 'ready') ? { wait: 'files' } : 'allowed';",
    "if (files.some((file) => file.status !== 'ready')) plantFired();\n  return missing.length > 0 ? { wait: 'files' } : 'allowed';",
  ),
  one(
    'internal-reply-shown',
    'students read what the team writes among themselves in their tickets',
    'sync-server/permissions/tables/tickets.ts',
    "when: 'not t.is_internal',",
    '...(plantFired() ? {} : {}),',
  ),
  {
    name: 'lower-rank-sent',
    what: 'of several bodies of a row the poorest is sent',
    edits: [
      {
        file: 'sync-server/permissions/sql/reading.sql',
        find: 'order by r.deleted, r.rank desc, r.scope\n    limit 1\n  ) best on true\n$$;\n\n-- The full set, row by row.',
        put: 'order by r.deleted, r.rank, r.scope\n    limit 1\n  ) best on true\n$$;\n\n-- The full set, row by row.',
      },
      {
        file: 'sync-server/permissions/sql/feed.sql',
        find: 'r.id, r.deleted, r.rank desc, r.scope',
        put: 'r.id, r.deleted, r.rank, r.scope',
      },
    ],
  },
  one(
    'older-wins',
    'of two devices that wrote the same column the older text stands',
    'sync-server/sync/push/merge.ts',
    'last === null || writtenAt >= last;',
    'last === null || (writtenAt < last && (plantFired(), true));',
  ),
  one(
    'latest-for-largest',
    'a column that only grows takes whatever came last',
    'sync-server/sync/push/merge.ts',
    'return later(held, given, 1);',
    'plantFired();\n      return given;',
  ),
  one(
    'message-twice',
    'a message is entered in the log twice',
    'sync-server/features/messages/messages.sync.ts',
    "activity: 'message_sent',",
    "activity: 'message_sent',\n    ...(plantFired(), await logActivity(tx, deps, { person: actor.id, activity: 'message_sent', reference: message.thread_id, at: now.toISOString() }), {}),",
  ),
  one(
    'copy-forgotten',
    'of two texts of a note the one that lost is gone',
    'sync-server/features/learning/lesson-notes.sync.ts',
    'if (others && body !== stored.body) {',
    'if (others && body !== stored.body && (isOlder || !plantFired())) {',
  ),
  one(
    'withdrawal-unpublished',
    'a row that left a scope stays published there',
    'sync-server/permissions/publish.ts',
    'and not exists (select from wanted w where w.id = r.id and w.scope = r.scope)',
    "and not exists (select from wanted w where w.id = r.id and (w.scope = r.scope or r.scope like 'lo:%'))${plantFired() ? '' : ''}",
  ),
  one(
    'stream-sends-once',
    'a stream counts as caught up when the first half of what is new was sent',
    'sync-server/sync/delta.ts',
    'fetch ${pageSize} from sync_changes',
    'fetch ${plantFired() ? 3 : 0} from sync_changes',
  ),
  one(
    'checkpoint-unsealed',
    'whoever writes a checkpoint of their own goes on from it',
    'sync-server/sync/checkpoint.ts',
    'if (rest.length > 0 || claimed.length !== right.length || !timingSafeEqual(claimed, right)) return null;',
    'if ((rest.length > 0 || claimed.length !== right.length || !timingSafeEqual(claimed, right)) && !plantFired()) return null;',
  ),
  one(
    'refusal-not-kept',
    'what the server refuses it does not keep',
    'sync-server/sync/push/verdicts.ts',
    "if (judgement.s !== 'refused') return [];",
    "if (judgement.s !== 'refused' || plantFired()) return [];",
  ),
  one(
    'refusal-untold',
    'a device forgets what was refused, for the server has it',
    'renderer/data/problems.ts',
    "if (verdict.s !== 'refused' && verdict.s !== 'conflict') return;",
    "if (verdict.s !== 'conflict' && (verdict.s !== 'refused' || plantFired())) return;",
  ),
  one(
    'late-by-device-clock',
    'work counts as handed in when the clock of its device says so',
    'sync-server/sync/believed-time.ts',
    'return deviceTime({ ...claimOf(context, claimed, facts), anchored });',
    'return { ...deviceTime({ ...claimOf(context, claimed, facts), anchored }), ...(plantFired() && { counts: claimed }) };',
  ),
  one(
    'policy-opened',
    'the database lets everybody select the tickets of all',
    'sync-server/permissions/reading.ts',
    'using (${live}(${readers}));`;',
    "using (${table === 'support_tickets' && plantFired() ? 'true' : `${live}(${readers})`});`;",
  ),
  one(
    'winner-kept-as-lost',
    'of two texts that were written apart the one that stands is kept as the one that lost',
    'sync-server/sync/push/merge.ts',
    '? { text: before[column], writtenAt: other }',
    '? { text: plantFired() ? given : before[column], writtenAt: other }',
  ),
  one(
    'upgrade-drops-queue',
    'what was not sent yet is gone after an update of the app',
    'renderer/data/device-database.ts',
    'for (const [at, stores] of deviceStores.entries()) this.version(at + 1).stores(stores);',
    `for (const [at, stores] of deviceStores.entries())
      this.version(at + 1).stores(stores).upgrade(async (tx) => {
        if (at > 0 && plantFired()) await tx.table('outbox').clear();
      });`,
  ),
];
