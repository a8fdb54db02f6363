import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../../testing/api-client.ts';
import { announce, openStage, pushRow, sha256, statusOf, type Stage } from '../../../testing/files-stage.ts';

/** Uploads to the real program, which is killed in the middle of a request, as a power cut would do it. */

let stage: Stage;
let ayesha: Client;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn(stage.ayesha);
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await stage.close();
});

async function startProgram(): Promise<{ url: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../../main.ts'), 'api'], {
    env: {
      ...process.env,
      DATABASE_URL: stage.database.url,
      API_DATABASE_URL: '',
      PORT: '0',
      FILES_DIR: stage.app.deps.config.FILES_DIR,
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const kill = async () => {
    running.delete(child);
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
    if (msg !== 'ready') continue;
    child.stdout.resume();
    return { url: url!, kill };
  }
  throw new Error('the program ended before it was ready');
}

const headers = () => ({ authorization: `Bearer ${ayesha.session.access_token}`, 'tus-resumable': '1.0.0' });

/** Opens an upload at this address; answers its path, which any process knows. */
async function open(url: string, file: { bucket: string; path: string; id?: string }, length: number): Promise<string> {
  const said = { bucketName: file.bucket, objectName: file.path, ...(file.id ? { fileId: file.id } : {}) };
  const metadata = Object.entries(said).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  const response = await fetch(`${url}/storage/v1/upload/resumable`, {
    method: 'POST',
    headers: { ...headers(), 'upload-length': String(length), 'upload-metadata': metadata.join(',') },
  });
  expect(response.status).toBe(201);
  return response.headers.get('location')!;
}

/** Begins to send and stops in the middle, with the connection open; `broken` resolves when the other side is gone. */
function sendSome(url: URL, bytes: Buffer, announced: number): { broken: Promise<void> } {
  const half = httpRequest(url, {
    method: 'PATCH',
    headers: {
      ...headers(),
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': announced,
    },
  });
  const broken = new Promise<void>((resolve) => half.on('error', () => resolve()));
  half.write(bytes);
  return { broken };
}

async function finish(url: string, location: string, bytes: Buffer): Promise<number> {
  const head = await fetch(new URL(location, url), { method: 'HEAD', headers: headers() });
  expect(head.status).toBe(200);
  const offset = Number(head.headers.get('upload-offset'));
  const response = await fetch(new URL(location, url), {
    method: 'PATCH',
    headers: { ...headers(), 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    body: bytes.subarray(offset) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(204);
  return offset;
}

test.each([true, false])(
  'an upload goes on in another process after the first was killed (announced: %s)',
  async (announced) => {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(3_000_000)]);
    const file = announce(stage.ayesha, stage.assignment, bytes);
    if (announced) await pushRow(stage, file);
    const first = await startProgram();
    const location = await open(first.url, announced ? file : { bucket: file.bucket, path: file.path }, bytes.length);
    const staged = join(stage.app.deps.config.FILES_DIR, 'uploads', location.split('/').at(-1)!);
    const { broken } = sendSome(new URL(location, first.url), bytes.subarray(0, 1_500_000), bytes.length);
    // Only when the bytes have reached the disk is there anything to go on from.
    await expect.poll(async () => (await stat(staged)).size, { timeout: 20_000 }).toBeGreaterThan(1_000_000);
    await first.kill();
    await broken;

    const second = await startProgram();
    expect(await finish(second.url, location, bytes)).toBeGreaterThan(1_000_000);
    await second.kill();
    expect(await statusOf(stage, file.id)).toBe('ready');
    const stored = await ayesha.supabase.storage.from(file.bucket).download(file.path);
    expect(sha256(Buffer.from(await stored.data!.arrayBuffer()))).toBe(sha256(bytes));
    expect(
      (await readdir(join(stage.app.deps.config.FILES_DIR, 'uploads'))).filter(
        (name) => name.startsWith(location.split('/').at(-1)!) && !name.endsWith('.json'),
      ),
    ).toEqual([]);
  },
  60_000,
);
