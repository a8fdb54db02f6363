import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import { startServer, type Client, type TestServer } from './api-client.ts';
import {
  assignMentor,
  coverCourse,
  createAssignment,
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  enrol,
  openLesson,
  type Person,
} from './people.ts';
import { createTestDatabase } from './test-database.ts';
import { insertRow } from '../seed/insert-rows.ts';
import { clipFiles, clips } from '../seed/clips/clips.ts';
import { storeLessonMedia } from '../features/media/index.ts';

const password = 'a calm river at dawn';

/** A small school for the tests of storage and media: one open lesson, one locked one, both with media and an attachment. */
export type Stage = Awaited<ReturnType<typeof openStage>>;

export async function openStage() {
  const database = await createTestDatabase();
  const { server } = database;
  const person = (role: Parameters<typeof createPerson>[1]) => createPerson(server, role, { password });
  await createCompany(server);
  const course = await createCourse(server);
  const module = await createModule(server, course);
  const [open, locked] = [await createLesson(server, module), await createLesson(server, module)];
  const assignment = await createAssignment(server, open, { submission_type: 'file' });
  const [ayesha, zain, bilal, hamid, dua] = [
    await person('student'),
    await person('student'),
    await person('mentor'),
    await person('mentor'),
    await person('admin'),
  ];
  for (const student of [ayesha, zain]) await enrol(server, student.id, { course_id: course });
  await openLesson(server, ayesha.id, open);
  await assignMentor(server, bilal.id, ayesha.id);
  await coverCourse(server, bilal.id, course);
  const app = await startServer(database);
  const people = { ayesha, zain, bilal, hamid, dua };
  const clip = clips.find(({ name }) => name === 'read-your-numbers')!;
  for (const lesson of [open, locked]) {
    await storeLessonMedia(app.deps, lesson, clipFiles(clip).media, {
      mime: 'video/webm',
      durationSeconds: clip.seconds,
      captions: [{ language: 'en', label: 'English', vtt: await readFile(clipFiles(clip).captions, 'utf8') }],
    });
  }
  return {
    database,
    app,
    ...people,
    course,
    open,
    locked,
    assignment,
    clip: { ...clipFiles(clip), bytes: await readFile(clipFiles(clip).media) },
    signIn: (who: Person): Promise<Client> => app.signIn(who.email, password),
    async close() {
      await app.close();
      await database.drop();
    },
  };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that are recognised as a PDF, of any length. */
export const pdfBytes = (length: number): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(length - 9, 'a')]);

/** A grey PNG of any size. */
export function pngBytes(width: number, height: number): Buffer {
  const chunk = (kind: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const rows = chunk('IDAT', deflateSync(Buffer.alloc((width + 1) * height)));
  return Buffer.concat([signature, chunk('IHDR', head), rows, chunk('IEND', Buffer.alloc(0))]);
}

/** A file as a device announces it: `row` is its `files` row, not yet stored. */
export type Announced = { id: string; path: string; bucket: string; row: Record<string, string | number> };

export function announce(
  owner: { id: string },
  assignment: string,
  bytes: Uint8Array,
  ending = 'pdf',
  mime = 'application/pdf',
): Announced {
  const id = randomUUID();
  const path = `${owner.id}/${assignment}/1/${id}.${ending}`;
  const bucket = 'assignment-submissions';
  const row = {
    id,
    bucket,
    owner_id: owner.id,
    path,
    original_name: `plan.${ending}`,
    mime,
    bytes: bytes.length,
    sha256: sha256(bytes),
  };
  return { id, path, bucket, row };
}

/** Puts the row there as a push of the device would have. */
export const pushRow = ({ database }: Stage, { row }: Announced, more: Record<string, string> = {}): Promise<string> =>
  insertRow(database.server, 'files', { ...row, ...more });

export async function statusOf({ database }: Stage, id: string): Promise<string | undefined> {
  const { rows } = await database.server.query<{ status: string }>('select status from files where id = $1', [id]);
  return rows[0]?.status;
}

/** Headers of a resumable upload's requests. */
export const tusHeaders = (client: Client): Record<string, string> => ({
  authorization: `Bearer ${client.session.access_token}`,
  'tus-resumable': '1.0.0',
});

/** Opens a resumable upload and answers the response; `Location` is its address. */
export function createUpload(
  app: TestServer,
  client: Client,
  file: Pick<Announced, 'bucket' | 'path'> & { id?: string },
  length: number,
) {
  const meta = {
    bucketName: file.bucket,
    objectName: file.path,
    contentType: 'application/pdf',
    ...(file.id ? { fileId: file.id } : {}),
  };
  const encoded = Object.entries(meta).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  return fetch(`${app.url}/storage/v1/upload/resumable`, {
    method: 'POST',
    headers: { ...tusHeaders(client), 'upload-length': String(length), 'upload-metadata': encoded.join(',') },
  });
}

/** Sends bytes from an offset on. */
export const patchUpload = (
  app: TestServer,
  client: Client,
  location: string,
  offset: number,
  bytes: Uint8Array,
): Promise<Response> =>
  fetch(new URL(location, app.url), {
    method: 'PATCH',
    headers: {
      ...tusHeaders(client),
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    },
    body: bytes as Uint8Array<ArrayBuffer>,
  });

/** How far an upload has come. */
export async function offsetOf(
  app: TestServer,
  client: Client,
  location: string,
): Promise<{ status: number; offset: number }> {
  const response = await fetch(new URL(location, app.url), { method: 'HEAD', headers: tusHeaders(client) });
  return { status: response.status, offset: Number(response.headers.get('upload-offset')) };
}
