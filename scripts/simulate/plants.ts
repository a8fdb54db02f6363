import { absencePlants } from './absence-plants.ts';
import { morePlants } from './more-plants.ts';

/** A mistake put into the product's own source text while it is loaded, to prove that the simulator would find it. */
export type Plant = {
  name: string;
  /** What is broken, in one line. */
  what: string;
  /** Where the mistake happens, `put` calls `plantFired()`, which counts and is true; of SQL it counts that it was put in. */
  edits: readonly { file: string; find: string; put: string }[];
};

const sql = (name: string, find: string, put: string): Plant['edits'][number] => ({
  file: `sync-server/permissions/sql/${name}.sql`,
  find,
  put,
});

const named: readonly Plant[] = [
  {
    name: 'checkpoint-guard-skipped',
    what: 'the device stores a checkpoint before the documents in front of it are written',
    edits: [
      {
        file: 'renderer/data/pull.ts',
        find: 'await core.receive(docs);',
        put: 'plantFired(); void new Promise((later) => setTimeout(later, 40)).then(() => core.receive(docs)).catch(() => undefined);',
      },
    ],
  },
  {
    name: 'tombstone-dropped',
    what: 'the device passes over documents that went away',
    edits: [
      {
        file: 'renderer/data/pull.ts',
        find: 'await core.receive(docs);',
        put: 'await core.receive(docs.filter((doc) => !doc._deleted || !plantFired()));',
      },
    ],
  },
  {
    name: 'retry-forgotten',
    what: 'operations whose answer was lost are taken as done',
    edits: [
      {
        file: 'renderer/data/push.ts',
        find: 'await send(request)',
        put: `await send(request).catch(async (error) => {
          plantFired();
          await core.turns(() => core.outbox.settle({ done: flight.rows.map(({ seq }) => seq), waiting: [], masters: new Map() }));
          throw error;
        })`,
      },
    ],
  },
  {
    name: 'stale-verdict-applied',
    what: "a verdict's row replaces what the stream brought after it",
    edits: [
      {
        file: 'renderer/data/settle-verdicts.ts',
        find: 'if (!isOvertaken(row)) masters.set(',
        put: 'if (isOvertaken(row)) plantFired();\n      masters.set(',
      },
      {
        file: 'renderer/data/push.ts',
        find: 'const settled = others()',
        put: 'const settled = new Promise((later) => setTimeout(later, 60))',
      },
    ],
  },
  {
    name: 'move',
    what: 'a row that leaves one scope of a person is taken away though another shows it',
    edits: [
      sql(
        'reading',
        'r.scope in (select scope from mine)\n    order by r.deleted, r.rank desc',
        'r.scope in (select scope from mine)\n    order by r.deleted desc, r.rank desc',
      ),
      sql('feed', 'r.id, r.deleted, r.rank desc, r.scope', 'r.id, r.deleted desc, r.rank desc, r.scope'),
    ],
  },
  {
    name: 're-grant',
    what: 'what was deleted while a person was out of a scope stays on their device when they come back',
    edits: [
      sql(
        'reading',
        `(not r.deleted
          or (not pg_visible_in_snapshot(r.xid, since) and not pg_visible_in_snapshot(r.xid, mine.gained_at)))`,
        '(not r.deleted)',
      ),
      sql(
        'reading',
        'where m.user_id = auth.uid() and m.lost is not null and not pg_visible_in_snapshot(m.lost, since)',
        `where m.user_id = auth.uid() and m.lost is not null and not pg_visible_in_snapshot(m.lost, since)
    and not exists (select from sync_members held where held.user_id = m.user_id and held.scope = m.scope and held.lost is null)`,
      ),
    ],
  },
  {
    name: 'forged-checkpoint',
    what: 'who was removed hears of rows that were written afterwards',
    edits: [sql('reading', 'r.scope = m.scope and r.born < pg_snapshot_xmax(m.lost_at)', 'r.scope = m.scope')],
  },
  {
    name: 'loss-forgotten',
    what: 'rows of a scope that a person left stay on the device',
    edits: [
      sql(
        'reading',
        'select l.type, l.id from public.sync_losses(since) l',
        'select l.type, l.id from public.sync_losses(since) l where false',
      ),
    ],
  },
  {
    name: 'cursor-gap',
    what: 'the checkpoint is a number: what commits late is never sent',
    edits: [
      sql(
        'reading',
        'r.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(r.xid, since)\n    union\n    select gained',
        'r.xid >= pg_snapshot_xmax(since)\n    union\n    select gained',
      ),
      sql(
        'feed',
        'c.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(c.xid, since)',
        'c.xid >= pg_snapshot_xmax(since)',
      ),
      {
        file: 'sync-server/sync/push/push-once.ts',
        find: 'await allEnded([\n    ...given.underWay,\n    keepVerdicts(',
        put: 'await new Promise((later) => setTimeout(later, 80));\n  await allEnded([\n    ...given.underWay,\n    keepVerdicts(',
      },
    ],
  },
  {
    name: 'equal-token-swallowed',
    what: 'the device passes over a document with a known token though its content is another',
    edits: [
      {
        file: 'renderer/data/apply.ts',
        find: 'if (previous && !previous._deleted && sameColumns(previous, doc)) return [];',
        put: 'if (previous && !previous._deleted && (sameColumns(previous, doc) || (previous.v === doc.v && plantFired()))) return [];',
      },
    ],
  },
  {
    name: 'hazard-failed-write',
    what: 'RxDB hazard: a local write that failed while pulling is passed over',
    edits: [
      {
        file: 'renderer/data/apply.ts',
        find: 'throw new ApplyError(family, cause);',
        put: 'plantFired();\n    return;',
      },
    ],
  },
  {
    name: 'hazard-no-turns',
    what: 'RxDB hazard: pulling, pushing and writing do not wait for each other',
    edits: [
      {
        file: 'renderer/data/turns.ts',
        find: 'return (work) => {',
        put: 'if (plantFired()) return (work) => work();\n  return (work) => {',
      },
    ],
  },
  {
    name: 'hazard-lost-event',
    what: 'RxDB hazard: a stream event after one that was lost is taken',
    edits: [
      {
        file: 'renderer/data/pull.ts',
        find: 'if (numbered && frame.n !== expectedNumber) {',
        put: 'if (numbered && frame.n !== expectedNumber && !plantFired()) {',
      },
    ],
  },
  {
    name: 'hazard-short-page',
    what: 'RxDB hazard: a full page is taken for the last one',
    edits: [
      { file: 'sync-server/sync/delta.ts', find: 'const pageSize = 500;', put: 'const pageSize = 25;' },
      {
        file: 'sync-server/sync/delta.ts',
        find: 'if (rows.length < pageSize) break;',
        put: 'if (rows.length === pageSize) plantFired();\n    break;',
      },
    ],
  },
  {
    name: 'hazard-clock-behind',
    what: 'RxDB hazard: what is written while the clock is behind is never sent',
    edits: [
      {
        file: 'renderer/data/next-batch.ts',
        find: 'const held = new Set<string>();',
        put: `const sent: Map<string, string> = ((globalThis as { sent?: Map<string, string> }).sent ??= new Map());
  const held = new Set<string>();`,
      },
      {
        file: 'renderer/data/next-batch.ts',
        find: 'const ready = rows.filter((row) => {',
        put: `const ready = rows.filter((row) => {
    const owner = String(row.set['user_id'] ?? '');
    if (row.client_at < (sent.get(owner) ?? '')) return !plantFired();
    sent.set(owner, row.client_at);`,
      },
    ],
  },
  {
    name: 'hazard-one-blocks-all',
    what: 'RxDB hazard: one refused row fails the whole push',
    edits: [
      {
        file: 'sync-server/sync/push/push-once.ts',
        find: 'await allEnded([\n    ...given.underWay,\n    keepVerdicts(',
        put: "if (judgements.some(({ s }) => s === 'refused') && plantFired()) throw new Error('one of them is refused');\n  await allEnded([\n    ...given.underWay,\n    keepVerdicts(",
      },
    ],
  },
  {
    name: 'verdict-forgotten',
    what: 'the server does not remember what it decided',
    edits: [
      {
        file: 'sync-server/sync/push/push-once.ts',
        find: 'keepVerdicts(tx, deps.serverKey, caller.deviceId, fresh),',
        put: 'keepVerdicts(tx, deps.serverKey, caller.deviceId, plantFired() ? [] : fresh),',
      },
    ],
  },
  {
    name: 'column-leak',
    what: 'what only staff may read of a lesson goes to everybody',
    edits: [
      {
        file: 'sync-server/permissions/publish.ts',
        find: "const columns = ['created_at', ...view.columns]",
        put: "const columns = ['created_at', ...view.columns, ...(table === 'available_lessons' && !view.columns.includes('notes') && plantFired() ? ['notes'] : [])]",
      },
    ],
  },
];

/** Those that stand for known hazards of such engines, and those that were thought of by looking for what would pass. */
export const plants: readonly Plant[] = [...named, ...morePlants, ...absencePlants];
