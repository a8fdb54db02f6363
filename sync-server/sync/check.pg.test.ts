import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkBuckets, checkResponseSchema, type CheckResponse, type WireDoc } from '#contract/protocol.ts';
import { tables, type Family, type TableName } from '#contract/tables/index.ts';
import { startServer, type Client, type TestServer } from '../testing/api-client.ts';
import { createCompany, createCourse, createLesson, createModule, createPerson, enrol } from '../testing/people.ts';
import { pull } from '../testing/sync-client.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const password = 'correct horse battery';
let database: TestDatabase;
let server: TestServer;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
  await createCompany(database.server);
  const student = await createPerson(database.server, 'student', { password });
  const course = await createCourse(database.server);
  const module = await createModule(database.server, course);
  for (let at = 0; at < 50; at++) await createLesson(database.server, module);
  await enrol(database.server, student.id, { course_id: course });
  client = await server.signIn(student.email, password);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const sha = (text: string): Buffer => createHash('sha256').update(text).digest();
const bucketOf = ({ type, id }: WireDoc): number => sha(`${type}|${id}`)[0]! % checkBuckets;

/** The device's side of the check, as the protocol words it. */
function sumsOf(docs: readonly WireDoc[]): Record<string, string[]> {
  const sums: Record<string, bigint[]> = {};
  for (const doc of docs) {
    const { family } = tables[doc.type as TableName];
    const buckets = (sums[family] ??= Array.from({ length: checkBuckets }, () => 0n));
    buckets[bucketOf(doc)]! ^= sha(`${doc.type}|${doc.id}|${doc.v}`).readBigUInt64BE();
  }
  return Object.fromEntries(
    Object.entries(sums).map(([family, buckets]) => [family, buckets.map((sum) => sum.toString(16).padStart(16, '0'))]),
  );
}

async function check(docs: readonly WireDoc[], more: Partial<Record<Family, string[]>> = {}): Promise<CheckResponse> {
  const response = await client.call('POST', '/sync/v1/check', { families: { ...sumsOf(docs), ...more } });
  return checkResponseSchema.parse(await response.json());
}

test('a replica that is right needs no repair', async () => {
  const { docs } = await pull(client, null);
  expect(await check(docs)).toEqual({ repairs: [] });
});

test('a row that is missing, stale or too many brings back its whole bucket and nothing else', async () => {
  const { docs } = await pull(client, null);
  const lessons = docs.filter(({ type }) => type === 'available_lessons');
  const [missing, stale] = lessons as [WireDoc, WireDoc];
  const ghost: WireDoc = { type: 'available_lessons', id: '00000000-0000-4000-8000-00000000dead', v: stale.v };
  const held = [...docs.filter((doc) => doc !== missing && doc !== stale), { ...stale, v: missing.v }, ghost];
  const { repairs } = await check(held);
  expect(repairs.map(({ family, bucket }) => `${family} ${bucket}`).toSorted()).toEqual(
    [...new Set([missing, stale, ghost].map((doc) => `lessons ${bucketOf(doc)}`))].toSorted(),
  );
  for (const { bucket, docs: right } of repairs) {
    const expected = docs.filter(
      (doc) => tables[doc.type as TableName].family === 'lessons' && bucketOf(doc) === bucket,
    );
    expect(right.toSorted(byId)).toEqual(expected.toSorted(byId));
  }
});

test('a family of which the person holds nothing is emptied, not skipped', async () => {
  const sums = Array.from({ length: checkBuckets }, (_, at) => (at === 7 ? 'ffffffffffffffff' : '0'.repeat(16)));
  const { docs } = await pull(client, null);
  expect(await check(docs, { submissions: sums })).toEqual({
    repairs: [{ family: 'submissions', bucket: 7, docs: [] }],
  });
});

test('a pull goes out compressed where the device can read it', async () => {
  const headers = { 'accept-encoding': 'gzip, zstd' };
  const response = await server.app.inject({
    method: 'POST',
    url: '/sync/v1/pull',
    headers: {
      ...headers,
      authorization: `Bearer ${client.session.access_token}`,
      'x-device-id': client.deviceId,
      'sync-protocol': '1',
    },
    payload: { checkpoint: null },
  });
  expect(response.headers['content-encoding']).toBe('zstd');
  const lines = zstdDecompressSync(response.rawPayload).toString().trim().split('\n');
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ t: 'cp' });
});

const byId = (a: WireDoc, b: WireDoc): number => (a.id < b.id ? -1 : 1);
