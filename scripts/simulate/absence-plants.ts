import type { Plant } from './plants.ts';

const one = (name: string, what: string, file: string, find: string, put: string): Plant => ({
  name,
  what,
  edits: [{ file, find, put }],
});

/** Mistakes that show when somebody was away for long, was signed out, or has sent much at once. */
export const absencePlants: readonly Plant[] = [
  one(
    'purge-unnoticed',
    'who was away for longer than tombstones are kept goes on from where they were',
    'sync-server/sync/delta.ts',
    '|| isBehind(checkpoint.snapshot, purgedUpto)) return null;',
    '|| (isBehind(checkpoint.snapshot, purgedUpto) && !plantFired())) return null;',
  ),
  one(
    'new-tables-unfetched',
    'an app that was brought up to date goes on without the rows of the tables it did not know before',
    'renderer/data/pull.ts',
    'return mark.tables === knownTables ? mark.checkpoint : null;',
    'return mark.tables === knownTables || plantFired() ? mark.checkpoint : null;',
  ),
  one(
    'queued-unshown',
    'what was written just before the power went waits in the queue and is not on the screen after the start',
    'renderer/data/core.ts',
    'await show(rows, (key) => outbox.master(key));',
    'await show(rows.length > 0 && plantFired() ? [] : rows, (key) => outbox.master(key));',
  ),
  one(
    'name-for-content',
    'an operation that comes again counts as judged by its name alone, whatever it says now',
    'sync-server/sync/push/judge-group.ts',
    'if (earlier.sha256 === one.sha256) return {',
    'if (earlier.sha256 === one.sha256 || plantFired()) return {',
  ),
  one(
    'newest-first',
    'what waits in the queue leaves in the wrong order',
    'renderer/data/next-batch.ts',
    'for (const row of ordered) {',
    'for (const row of ordered.length > 1 && plantFired() ? ordered.toReversed() : ordered) {',
  ),
  one(
    'deleted-unseen',
    'a row that was changed meanwhile is deleted by somebody who has not seen the change',
    'sync-server/sync/push/write-operation.ts',
    "if (!isCurrent) return { kind: 'conflict' };",
    "if (!isCurrent && !plantFired()) return { kind: 'conflict' };",
  ),
  one(
    'made-twice',
    'a row that is made again under its id counts as the same, whatever it says',
    'sync-server/sync/push/judge.ts',
    "return repeats(table, before, op.set) ? done() : { kind: 'conflict' };",
    "return repeats(table, before, op.set) || plantFired() ? done() : { kind: 'conflict' };",
  ),
  one(
    'other-history',
    'a checkpoint of a database with another history is gone on from',
    'sync-server/sync/delta.ts',
    'if (!checkpoint || checkpoint.epoch !== epoch) return null;',
    'if (!checkpoint || (checkpoint.epoch !== epoch && !plantFired())) return null;',
  ),
  one(
    'undone-remembered',
    'operations that were taken back to be judged one by one count as done',
    'sync-server/sync/push/judge-group.ts',
    'if (!known.has(op)) stored.delete(op);',
    'if (!known.has(op) && !plantFired()) stored.delete(op);',
  ),
  one(
    'base-unasked',
    'of many edits at once nobody asks over which state they were made',
    'sync-server/sync/push/gather-plain.ts',
    '|| op.base !== held.v ||',
    '|| (op.base !== held.v && !plantFired()) ||',
  ),
  {
    name: 'deletion-in-words',
    what: 'a deletion is taken and not carried out',
    edits: [
      {
        file: 'sync-server/sync/push/write-operation.ts',
        find: 'return (await deleteRow(tx, table, origin)) ?',
        put: 'return (plantFired() || (await deleteRow(tx, table, origin))) ?',
      },
      {
        file: 'sync-server/sync/push/gather-plain.ts',
        find: '{ is_deleted: true } : merged;',
        put: '{ is_deleted: !plantFired() } : merged;',
      },
    ],
  },
  one(
    'internal-made-public',
    'what the team writes among themselves is stored as said to the student',
    'sync-server/sync/push/write-row.ts',
    'values: [origin.id, origin.op, origin.clientAt, origin.deviceId, JSON.stringify(set)],\n  });\n}\n\n/** Many new rows',
    'values: [origin.id, origin.op, origin.clientAt, origin.deviceId, JSON.stringify(set.is_internal === true && plantFired() ? { ...set, is_internal: false } : set)],\n  });\n}\n\n/** Many new rows',
  ),
  one(
    'session-outlived',
    'the stream of a session that was ended goes on',
    'sync-server/sync/session-ends.ts',
    "listener.bye('revoked');",
    "if (!plantFired()) listener.bye('revoked');",
  ),
  {
    name: 'second-verdict-wins',
    what: 'work that somebody has decided on meanwhile is decided on again',
    edits: [
      {
        file: 'sync-server/features/submissions/submission-reviews.sync.ts',
        find: '  return canReview(\n',
        put: "  if (facts.submission.status !== 'pending' && review.decision !== 'comment' && plantFired()) return 'allowed';\n  return canReview(\n",
      },
      {
        file: 'sync-server/db/declared/server_submissions.sql',
        find: "r.decision in ('approved', 'declined') and s.status = 'pending' then",
        put: "r.decision in ('approved', 'declined') then",
      },
    ],
  },
  {
    name: 'session-unasked',
    what: 'a push is taken before it is known whether its session stands',
    edits: [
      {
        file: 'sync-server/sync/push/push-once.ts',
        find: '    caller.confirmed,\n    turn,',
        put: '    plantFired() ? null : caller.confirmed,\n    turn,',
      },
      {
        file: 'sync-server/sync/caller.ts',
        find: '(await caller.confirmed) ??',
        put: '(plantFired() ? null : await caller.confirmed) ??',
      },
    ],
  },
  {
    name: 'lost-number-named',
    what: 'a checkpoint names transactions that a crash of the database forgets, and whose numbers are given to others',
    edits: [
      {
        file: 'sync-server/permissions/sql/server.sql',
        find: '(select purged_upto from sync_epoch)::text::bigint, 1) as upto',
        put: '(select purged_upto from sync_epoch)::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint) as upto',
      },
      {
        file: 'sync-server/sync/caller.ts',
        find: "text: 'select server_touch_device(",
        put: "text: (plantFired(), 'select set_config($$synchronous_commit$$, $$off$$, true), ') + 'server_touch_device(",
      },
    ],
  },
];
