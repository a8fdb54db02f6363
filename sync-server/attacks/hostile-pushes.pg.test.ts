import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import type { OperationVerdict } from '#contract/protocol.ts';
import type { Client } from '../testing/api-client.ts';
import { operation } from '../testing/operations.ts';
import { push } from '../testing/sync-client.ts';
import { e2eIds, openStage, type Stage } from './stage.fixture.ts';

/** Pushes that are made to break the server, or to stop everything a device has still to send. */

let stage: Stage;
let ayesha: Client;
beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn('ayesha');
});
afterAll(() => stage.close());

const note = (set: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  ...operation('lesson_notes', randomUUID(), {
    set: { user_id: ayesha.userId, lesson_id: e2eIds.l1, at_seconds: null, body: 'A note', copy_of: null, ...set },
  }),
  ...more,
});

/** Sends text as it is: JSON.stringify cannot write what these attacks need. */
const pushText = (text: string, headers: Record<string, string> = {}) =>
  fetch(`${stage.server.url}/sync/v1/push`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ayesha.session.access_token}`,
      'sync-protocol': '1',
      'x-device-id': ayesha.deviceId,
      'content-type': 'application/json',
      ...headers,
    },
    body: text,
  });
const deep = '['.repeat(200_000) + ']'.repeat(200_000);

describe('one poisoned operation never stops the others', () => {
  const poisons: Record<string, () => string> = {
    'a NUL in the name of the table': () => JSON.stringify(note({}, { type: 'lesson\0notes' })),
    'a NUL in the id': () => JSON.stringify(note({}, { id: `${randomUUID().slice(1)}\0` })),
    'a NUL in a text': () => JSON.stringify(note({ body: 'from a broken\0clipboard' })),
    'a NUL in the name of a column': () => JSON.stringify(note({ 'bo\0dy': 'x' })),
    'a NUL in what is refused and kept': () => JSON.stringify(note({ user_id: 'nobody\0' })),
    'half a character': () => JSON.stringify(note({ body: 'half \ud83d of a smile', user_id: '\udc00' })),
    'an operation without anything but its id': () => JSON.stringify({ op: randomUUID() }),
    'the year 0': () => JSON.stringify(note({}, { client_at: '0000-01-01T00:00:00Z' })),
    'the year 0 in a row that takes any date': () =>
      JSON.stringify(
        operation('users', ayesha.userId, { client_at: '0000-01-01T00:00:00Z', set: { full_name: 'Ayesha S' } }),
      ),
    'the year 9999': () => JSON.stringify(note({}, { client_at: '9999-12-31T23:59:59Z' })),
    'a number beyond all numbers': () => JSON.stringify(note({ at_seconds: 'BIG' })).replace('"BIG"', '1e999'),
    'a number beyond the column': () =>
      JSON.stringify(
        operation('submission_reviews', randomUUID(), { set: { submission_version: 9_007_199_254_740_991 } }),
      ),
    'nesting in a column': () => JSON.stringify(note({ body: 'DEEP' })).replace('"DEEP"', deep),
    'nesting beside the columns': () => JSON.stringify({ ...note(), more: 'DEEP' }).replace('"DEEP"', deep),
    'a table that is none': () => JSON.stringify(note({}, { type: 'pg_authid' })),
    'a table that is a property of every object': () => JSON.stringify(note({}, { type: 'constructor' })),
    'columns named like properties of every object': () =>
      JSON.stringify(note({ constructor: 1, toString: 2, hasOwnProperty: 3 })),
  };
  test.for(Object.keys(poisons))('%s', async (name) => {
    const good = [note(), note()];
    const response = await pushText(
      `{"ops":[${JSON.stringify(good[0])},${poisons[name]!()},${JSON.stringify(good[1])}]}`,
    );
    expect(response.status).toBe(200);
    const { verdicts } = (await response.json()) as { verdicts: OperationVerdict[] };
    expect(verdicts).toMatchObject([{ op: good[0]!.op, s: 'ok' }, {}, { op: good[1]!.op, s: 'ok' }]);
  });
});

test('an operation id in other letters is the same operation', async () => {
  const op = note({ body: 'Once' });
  const shouted = { ...op, op: op.op.toUpperCase(), id: op.id.toUpperCase() };
  const verdicts = [...(await push(ayesha, [op, shouted])), ...(await push(ayesha, [shouted]))];
  for (const verdict of verdicts)
    expect(verdict).toMatchObject({ op: op.op, s: 'ok', doc: { id: op.id, body: 'Once' } });
  expect(await stage.rows('select from sync_ops where op = $1', [op.op])).toHaveLength(1);
});

test('the reuse of an operation id with other content is refused and changes nothing', async () => {
  const op = note({ body: 'First' });
  await push(ayesha, [op]);
  expect(await push(ayesha, [{ ...op, set: { ...op.set, body: 'Second' } }])).toMatchObject([
    { s: 'refused', code: 'duplicate' },
  ]);
  expect(await stage.rows('select body from lesson_notes where id = $1', [op.id])).toEqual([{ body: 'First' }]);
});

test("another person's operation id says nothing and stands in nobody's way", async () => {
  const op = note({ body: 'Mine' });
  await push(ayesha, [op]);
  const bilal = await stage.signIn('bilal');
  const [verdict] = await push(bilal, [{ ...op, set: { ...op.set, user_id: bilal.userId, body: 'Yours' } }]);
  expect(JSON.stringify(verdict)).not.toContain('Mine');
  expect(await stage.rows('select body from lesson_notes where id = $1', [op.id])).toEqual([{ body: 'Mine' }]);
});

test('a thousand and one operations, a body of 5 MB and a body that is no JSON are refused at the door', async () => {
  const many = await ayesha.call('POST', '/sync/v1/push', { ops: Array.from({ length: 1001 }, () => note()) });
  expect(many.status).toBe(422);
  expect((await pushText(JSON.stringify({ ops: [note({ body: 'x'.repeat(5_000_000) })] }))).status).toBe(413);
  for (const text of [
    '',
    'null',
    '[]',
    '{"ops":{}}',
    '{"ops":[]}',
    '{"ops":[null]}',
    '{"ops":[{"op":"x"}]}',
    '{ops',
    deep,
  ]) {
    expect((await pushText(text)).status, text.slice(0, 20)).toBe(422);
  }
  expect((await pushText('ops=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
});

test('keys that reach into prototypes are refused, and no object anywhere gains a property', async () => {
  const bad = ['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'];
  for (const set of bad) await pushText(JSON.stringify({ ops: [note({ body: 'SET' })] }).replace('"SET"', set));
  for (const set of bad)
    await pushText(
      `{"ops":[{"op":"${randomUUID()}","type":"users","id":"${ayesha.userId}","base":null,"set":${set},"client_at":"2026-01-01T00:00:00Z"}]}`,
    );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await push(ayesha, [note()]))[0]).toMatchObject({ s: 'ok' });
});

test('a link as long as a book is refused at once', async () => {
  const link = `https://${'a'.repeat(500_000)}/ b`;
  const work = operation('submissions', randomUUID(), {
    set: {
      assignment_id: e2eIds.w2,
      student_id: ayesha.userId,
      content: 'My letter',
      links: [link],
      file_ids: [],
      client_submitted_at: new Date().toISOString(),
      based_on: null,
    },
  });
  const started = performance.now();
  expect(await push(ayesha, [work])).toMatchObject([{ s: 'refused', code: 'invalid' }]);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('texts that others must read, too, have an end', async () => {
  const flood = 'x'.repeat(100_000);
  const bilal = await stage.signIn('bilal');
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`template_${at}`, ['in_app']]));
  const settings = naturalId('notification_settings', ayesha.userId);
  const silence = (mutes: unknown) =>
    operation('notification_settings', settings, {
      set: { user_id: ayesha.userId, mutes, email_digest: false, quiet_hours: null },
    });
  const own = await push(ayesha, [
    operation('users', ayesha.userId, { set: { dream_goal_summary: flood } }),
    operation('users', ayesha.userId, { set: { full_name: flood } }),
    note({ body: flood }),
    silence(many),
    silence({ [flood]: [] }),
    silence({ x: [flood] }),
    operation('files', randomUUID(), {
      set: {
        bucket: 'attachments',
        owner_id: ayesha.userId,
        path: `avatars/${ayesha.userId}/${flood}`,
        original_name: 'x',
        mime: 'image/png',
        bytes: 1,
        sha256: 'a'.repeat(64),
      },
    }),
  ]);
  const mentors = await push(bilal, [
    operation('mentors', bilal.userId, { set: { bio: flood } }),
    operation('mentors', bilal.userId, { set: { specialties: [flood] } }),
    operation('mentors', bilal.userId, { set: { specialties: Array(1000).fill('x') } }),
  ]);
  for (const verdict of [...own, ...mentors]) expect(verdict.s).toBe('refused');
});

test('SQL in every text of a push is only text', async () => {
  const sql = `'; update users set role = 'superadmin'; --`;
  const quotes = ['"', "'", '\\', '$$', '{}', '\u2028', '%', ';--', '$1'].map((piece) => `${piece}${sql}${piece}`);
  for (const text of quotes) {
    const verdicts = await push(ayesha, [
      note({ body: text }),
      note({ [text.slice(0, 60)]: text }),
      operation('users', ayesha.userId, { set: { dream_goal_summary: text }, base: text.slice(0, 60) }),
      { ...note(), type: text.slice(0, 60) },
      operation('notification_settings', randomUUID(), { set: { user_id: ayesha.userId, mutes: { [text]: [text] } } }),
    ]);
    expect(verdicts).toHaveLength(5);
    expect(verdicts[0]).toMatchObject({ s: 'ok', doc: { body: text } });
  }
  expect(await stage.rows("select from users where role = 'superadmin'")).toHaveLength(1);
});

test('texts no mail address can have are refused at sign-in, not answered with a failure', async () => {
  const ask = (address: string, body: unknown) =>
    fetch(`${stage.server.url}/auth/v1/${address}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await ask('token?grant_type=password', { email: 'a\0@b.co', password: 'x' })).status).toBe(400);
  expect((await ask('token?grant_type=password', { email: 'a@b.co', password: '\0' })).status).toBe(400);
  expect((await ask('token?grant_type=refresh_token', { refresh_token: '\0' })).status).toBe(400);
  expect((await ask('recover', { email: '\0' })).status).toBe(400);
  expect((await ask('verify', { type: 'recovery', token_hash: '\0'.repeat(30) })).status).toBeLessThan(500);
});
