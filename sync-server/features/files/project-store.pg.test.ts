import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectOf } from '../../http/supabase-project.ts';
import type { Client } from '../../testing/api-client.ts';
import { announce, createUpload, patchUpload, pdfBytes } from '../../testing/files-stage.ts';
import { operation } from '../../testing/operations.ts';
import { createAssignment, createCourse, createLesson, createModule, enrol, openLesson } from '../../testing/people.ts';
import { openProjectStage, type ProjectStage } from '../../testing/project-stage.ts';
import { push } from '../../testing/sync-client.ts';
import { objectKey, type ObjectStore } from './object-store.ts';
import { prepareBucket, projectStore } from './project-store.ts';

/** Files in a Supabase project: rights are asked of our own database, bytes lie there. */

const password = 'a calm river at dawn';
let stage: ProjectStage;
let store: ObjectStore;
let folder: string;
let ayesha: Client;
let zain: Client;
let assignment: string;

beforeAll(async () => {
  stage = await openProjectStage();
  store = projectStore(projectOf(stage.academy.deps.config)!);
  folder = await mkdtemp(join(tmpdir(), 'project-store-'));
  const { server } = stage.database;
  const course = await createCourse(server);
  const lesson = await createLesson(server, await createModule(server, course));
  assignment = await createAssignment(server, lesson, { submission_type: 'file' });
  const people = [await stage.person('student', password), await stage.person('student', password)] as const;
  await enrol(server, people[0].id, { course_id: course });
  await openLesson(server, people[0].id, lesson);
  ayesha = await stage.academy.signIn(people[0].email, password);
  zain = await stage.academy.signIn(people[1].email, password);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await stage.close();
});

async function finished(bytes: Buffer): Promise<string> {
  const file = join(folder, randomUUID());
  await writeFile(file, bytes);
  return file;
}
const work = (client: Client) => client.supabase.storage.from('assignment-submissions');
const atProject = async (id: string): Promise<Buffer> => buffer(store.read(objectKey('assignment-submissions', id)));

test('a store in a project keeps, gives in part, copies, lists and removes', async () => {
  const bytes = randomBytes(200_000);
  const file = await finished(bytes);
  await store.put('objects/a/00/one', file);
  expect(existsSync(file)).toBe(false);
  expect(await store.size('objects/a/00/one')).toBe(200_000);
  expect(
    (await buffer(store.read('objects/a/00/one', { start: 10, end: 1009 }))).equals(bytes.subarray(10, 1010)),
  ).toBe(true);
  await store.put('objects/a/00/one', await finished(bytes));
  await store.copy('objects/a/00/one', 'objects/a/01/two');
  await store.remove('objects/a/00/one');
  await store.remove('objects/a/00/one');
  expect(await store.size('objects/a/00/one')).toBeNull();
  expect((await buffer(store.read('objects/a/01/two'))).equals(bytes)).toBe(true);
  await expect(store.copy('objects/a/none', 'objects/a/three')).rejects.toThrow();
  await expect(buffer(store.read('objects/a/00/one'))).rejects.toThrow();
  const keys = ['objects/l/1', 'objects/l/2/x', 'objects/l/2/y', 'objects/ll/1'];
  for (const key of keys) await store.put(key, await finished(Buffer.from(key)));
  const found: string[] = [];
  for await (const { key, modified } of store.list('objects/l/')) {
    expect(Math.abs(Date.now() - modified.getTime())).toBeLessThan(60_000);
    found.push(key);
  }
  expect(found.toSorted()).toEqual(keys.slice(0, 3));
  for await (const object of store.list('objects/nothing/')) expect(object).toBeUndefined();
});

test('a file in one piece lies there, and is read here by whom the database lets', async () => {
  const bytes = pdfBytes(40_000);
  const path = `${ayesha.userId}/${assignment}/1/plan.pdf`;
  const { data, error } = await work(ayesha).upload(path, bytes, { contentType: 'application/pdf' });
  expect(error).toBeNull();
  expect((await atProject(data!.id)).equals(bytes)).toBe(true);
  const read = await work(ayesha).download(path);
  expect(Buffer.from(await read.data!.arrayBuffer()).equals(bytes)).toBe(true);
  expect((await work(zain).download(path)).error).not.toBeNull();
  const signed = await work(ayesha).createSignedUrl(path, 60);
  const part = await fetch(signed.data!.signedUrl, { headers: { range: 'bytes=0-7' } });
  expect([part.status, await part.text()]).toEqual([206, '%PDF-1.7']);
  expect(new URL(signed.data!.signedUrl).origin).toBe(stage.academy.url);
  expect((await work(ayesha).remove([path])).error).toBeNull();
  expect(await store.size(objectKey('assignment-submissions', data!.id))).toBeNull();
});

test('a pushed file that comes by a resumable upload lies there too', async () => {
  const bytes = pdfBytes(300_000);
  const file = announce({ id: ayesha.userId }, assignment, bytes);
  const { id: _, ...set } = file.row;
  const op = operation('files', file.id, { set });
  const verdicts = await push(ayesha, [op]);
  expect(verdicts).toMatchObject([{ s: 'ok' }]);
  const location = (await createUpload(stage.academy, ayesha, file, bytes.length)).headers.get('location')!;
  expect((await patchUpload(stage.academy, ayesha, location, 0, bytes.subarray(0, 100_000))).status).toBe(204);
  expect((await patchUpload(stage.academy, ayesha, location, 100_000, bytes.subarray(100_000))).status).toBe(204);
  expect((await atProject(file.id)).equals(bytes)).toBe(true);
  const read = await work(ayesha).download(file.path);
  expect(Buffer.from(await read.data!.arrayBuffer()).equals(bytes)).toBe(true);
});

test('while the project is away files answer 503, and nothing is taken for gone', async () => {
  const bytes = pdfBytes(1000);
  const path = `${ayesha.userId}/${assignment}/1/away.pdf`;
  expect((await work(ayesha).upload(path, bytes, { contentType: 'application/pdf' })).error).toBeNull();
  stage.line.cut();
  const read = await work(ayesha).download(path);
  const sent = await work(ayesha).upload(path.replace('away', 'late'), bytes, { contentType: 'application/pdf' });
  stage.line.mend();
  expect(read.error).toMatchObject({ status: 503 });
  expect(sent.error).toMatchObject({ status: 503 });
  expect((await work(ayesha).download(path)).error).toBeNull();
});

test('nobody but the service key reaches the bucket of operators, and it holds nothing but plain names', async () => {
  const direct = await stage.project.signIn((await stage.person('superadmin', password)).email, password);
  const key = objectKey('a', randomUUID());
  await store.put(key, await finished(Buffer.from('sealed')));
  for (const { supabase } of [direct, ayesha]) {
    expect((await supabase.storage.from('growth-os').download(key)).error).toMatchObject({ statusCode: '404' });
    expect((await supabase.storage.from('growth-os').list('objects')).error).not.toBeNull();
    expect((await supabase.storage.getBucket('growth-os')).error).toMatchObject({ statusCode: '404' });
  }
  const operator = createClient(stage.project.url, stage.serviceKey, { auth: { persistSession: false } }).storage;
  expect((await operator.getBucket('growth-os')).data).toMatchObject({ id: 'growth-os', public: false });
  const shelf = operator.from('growth-os');
  expect((await shelf.upload('one.txt', new Blob(['first']))).error).toBeNull();
  expect((await shelf.upload('one.txt', new Blob(['second']))).error).toMatchObject({ statusCode: '409' });
  expect(await (await shelf.download('one.txt')).data!.text()).toBe('first');
  for (const name of ['../../secrets.key', 'a/../b', '.hidden', 'a b'])
    expect(
      (
        await fetch(`${stage.project.url}/storage/v1/object/growth-os/${encodeURIComponent(name)}`, {
          headers: { authorization: `Bearer ${stage.serviceKey}` },
        })
      ).status,
    ).toBe(400);
});

test('a public bucket is refused at the start', async () => {
  const ask = async () => Response.json({ id: 'growth-os', public: true });
  await expect(prepareBucket({ ...projectOf(stage.academy.deps.config)!, ask })).rejects.toThrow('is public');
});
