import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { tableNames, tables } from '#contract/tables/index.ts';
import type { Client } from '../testing/api-client.ts';
import { operation } from '../testing/operations.ts';
import { pull, push } from '../testing/sync-client.ts';
import { fillEveryTable, fillSingles } from './full-academy.fixture.ts';
import { openStage, type Stage } from './stage.fixture.ts';

/** Rows of others, asked for by their ids at every door that answers with a row. */

let stage: Stage;
let ayesha: Client;
/** Rows of every table that Ayesha does not hold. */
const foreign = new Map<string, { id: string; v: string; text: string }[]>();

beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn('ayesha');
  await fillEveryTable(stage);
  await fillSingles(stage);
  const held = new Set((await pull(ayesha, null)).docs.map(({ id }) => id));
  for (const name of tableNames) {
    const rows = await stage.rows<{ id: string; v: string; text: string }>(
      `select id, v, to_jsonb(t)::text as text from ${name} t order by id`,
    );
    foreign.set(
      name,
      rows.filter(({ id }) => !held.has(id)),
    );
  }
});
afterAll(() => stage.close());

const nothing = '00000000-0000-0000-0000-000000000000';

test.for(tableNames)('a push that names rows of others learns nothing, neither that they exist: %s', async (name) => {
  const rows = foreign.get(name)!;
  const columns = Object.keys(tables[name].row.shape);
  const made = { ...Object.fromEntries(columns.map((column) => [column, null])), user_id: ayesha.userId };
  const probe = (id: string, v: string | null) => [
    operation(name, id),
    operation(name, id, { base: v, set: made }),
    operation(name, id, {
      base: v,
      set: { user_id: ayesha.userId, student_id: ayesha.userId, owner_id: ayesha.userId },
    }),
    operation(name, id, { base: v, deleted: true }),
  ];
  // The same questions about a row that nobody has.
  const unknown = await push(ayesha, probe(randomUUID(), randomUUID()));
  for (const { id, v, text } of rows.slice(0, 5)) {
    const verdicts = await push(ayesha, probe(id, v));
    for (const [at, verdict] of verdicts.entries()) {
      const expected = unknown[at]!;
      expect({ ...verdict, op: 0, rejection_id: 0, doc: 0 }).toEqual({ ...expected, op: 0, rejection_id: 0, doc: 0 });
      if ('doc' in verdict && verdict.doc !== null)
        expect(verdict.doc).toEqual({ type: name, id, v: nothing, _deleted: true });
    }
    expect(await stage.rows(`select to_jsonb(t)::text as text from ${name} t where id = $1`, [id])).toEqual([{ text }]);
  }
});

test('the id that a row of somebody else must have cannot be taken, and does not tell whether it is', async () => {
  const { id: lesson } = (await stage.rows<{ id: string }>('select id from available_lessons order by id limit 1'))[0]!;
  const answers = new Set<string>();
  for (const table of ['recording_views', 'recording_ratings', 'notification_settings'] as const) {
    for (const person of [stage.zain.id, randomUUID()]) {
      const id = table === 'notification_settings' ? naturalId(table, person) : naturalId(table, person, lesson);
      const set = {
        user_id: ayesha.userId,
        lesson_id: lesson,
        rating: 5,
        feedback: null,
        mutes: {},
        email_digest: false,
        quiet_hours: null,
        position_seconds: 0,
        watched_ranges: [],
        duration_seconds: 1,
        last_watched_at: null,
      };
      const [verdict] = await push(ayesha, [operation(table, id, { set })]);
      expect(verdict!.s).toBe('refused');
      answers.add(`${table} ${JSON.stringify({ ...verdict, op: 0, rejection_id: 0, doc: 0 })}`);
    }
  }
  expect(answers.size).toBe(3);
});

test('supabase-js finds no other door: no tables, no procedures, no lists of strangers, no accounts', async () => {
  const { supabase, session } = ayesha;
  await supabase.auth.setSession(session);
  for (const table of ['users', 'submissions', 'available_lessons', 'sync_rows', 'user_credentials']) {
    const { data, error } = await supabase.from(table).select('*');
    expect([data, error === null]).toEqual([null, false]);
  }
  expect((await supabase.rpc('sync_everything')).error).not.toBeNull();
  for (const bucket of ['assignment-submissions', 'attachments', 'student-documents']) {
    for (const prefix of ['', stage.zain.id]) {
      const { data } = await supabase.storage.from(bucket).list(prefix);
      expect(JSON.stringify(data)).not.toContain(stage.zain.id);
    }
    expect((await supabase.storage.from(bucket).list(stage.zain.id)).data).toEqual([]);
  }
  const { data, error } = await supabase.storage.from('lesson-media').list('');
  expect([data, error === null]).toEqual([null, false]);
  expect((await supabase.auth.admin.listUsers()).error?.status).toBe(403);
  expect((await supabase.auth.admin.getUserById(stage.zain.id)).error?.status).toBe(403);
});

test("another student's files, by their paths, whole, in part, signed alone or in a list", async () => {
  const rows = await stage.rows<{ bucket: string; path: string; id: string }>(
    'select id, bucket, path from files where owner_id = $1',
    [stage.zain.id],
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { id, bucket } of rows) {
    const path = `${stage.zain.id}/1/${id}.pdf`;
    await stage.rows('update files set path = $2 where id = $1', [id, path]);
    for (const door of [
      'object',
      'object/authenticated',
      'object/info',
      'object/public',
      'render/image/authenticated',
    ]) {
      const response = await ayesha.call('GET', `/storage/v1/${door}/${bucket}/${path}`, undefined, {
        range: 'bytes=0-3',
      });
      expect([404, 400], `${door} ${response.status}`).toContain(response.status);
    }
    expect((await ayesha.call('POST', `/storage/v1/object/sign/${bucket}/${path}`, { expiresIn: 60 })).status).toBe(
      404,
    );
    const list = (await (
      await ayesha.call('POST', `/storage/v1/object/sign/${bucket}`, { expiresIn: 60, paths: [path] })
    ).json()) as { signedURL: unknown }[];
    expect(list[0]!.signedURL).toBeNull();
    const removed = await ayesha.call('DELETE', `/storage/v1/object/${bucket}`, { prefixes: [path] });
    expect(await removed.json()).toEqual([]);
    expect((await ayesha.call('POST', `/storage/v1/object/${bucket}/${path}`, 'bytes')).status).toBe(403);
  }
  expect(await stage.rows("select from files where owner_id = $1 and status = 'ready'", [stage.zain.id])).toHaveLength(
    rows.length,
  );
});
