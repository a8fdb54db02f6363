import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KeepMedia, MediaState } from '#desktop/index.ts';
import { chunkBytes } from './media/download.ts';
import { MediaStore } from './media-store.ts';

const lessonId = '019aa0c4-1111-7abc-8def-0123456789ab';
const plain = Buffer.alloc(chunkBytes + 100_003, 'growth os media ');
const key = randomBytes(32);
// A counter close to its end shows that the addition carries.
const iv = Buffer.from(`${'ff'.repeat(15)}f0`, 'hex');
const cipher = createCipheriv('aes-256-ctr', key, iv);
const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
const chunks = [ciphertext.subarray(0, chunkBytes), ciphertext.subarray(chunkBytes)];
const seal = {
  isAvailable: () => true,
  close: (text: string) => Buffer.from(text).map((byte) => byte ^ 0x5a) as Buffer,
  open: (data: Buffer) => Buffer.from(data.map((byte) => byte ^ 0x5a)).toString(),
};

describe('MediaStore', () => {
  let folder: string;
  let server: Server;
  let requests: string[];
  /** Bytes after which the server drops the connection; once. */
  let cutAt: number | null;
  let corrupt: boolean;
  let states: MediaState[];
  let now: number;

  const manifest = (): KeepMedia => ({
    lesson_id: lessonId,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cipher`,
    bytes: ciphertext.length,
    chunk_sha256: chunks.map((chunk) => createHash('sha256').update(chunk).digest('hex')),
    content_key: key.toString('base64'),
    iv: iv.toString('base64'),
    mime: 'video/webm',
    valid_until: new Date(now + 1000).toISOString(),
    captions: [{ language: 'en', label: 'English', vtt: 'WEBVTT\n' }],
  });
  const open = (): MediaStore =>
    new MediaStore({
      folder,
      seal,
      fetch: globalThis.fetch,
      now: () => now,
      onServerWord: () => undefined,
      onChange: (state) => states.push(state),
    });
  const settled = (state: MediaState['state']): Promise<unknown> =>
    vi.waitFor(() => expect(states.at(-1)?.state).toBe(state), { timeout: 10_000 });
  const onDisk = (bytes: number): Promise<void> =>
    vi.waitFor(
      () => {
        const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
          (name) => statSync(path.join(folder, name)).size,
        );
        expect(Math.max(...sizes)).toBeGreaterThanOrEqual(bytes);
      },
      { timeout: 10_000 },
    );
  const read = async (store: MediaStore, range?: string) => {
    const response = store.serve(lessonId, new Request('app://growthos/', { headers: range ? { range } : {} }));
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'growth-media-'));
    [requests, cutAt, corrupt, states, now] = [[], null, false, [], 1_800_000_000_000];
    server = createServer((request, response) => {
      requests.push(request.headers.range ?? '');
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const body = corrupt ? Buffer.alloc(ciphertext.length - from) : ciphertext.subarray(from);
      response.writeHead(206, { 'content-length': body.length });
      if (cutAt === null) return void response.end(body);
      // Cut once it has been written down: the end of a connection takes along what the client has not read yet.
      const sent = cutAt;
      response.write(body.subarray(0, sent), () => void onDisk(sent).then(() => response.socket?.end()));
      cutAt = null;
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a kept lesson plays whole and in parts, and only ciphertext lies on disk', async () => {
    const store = open();
    expect(store.keep(manifest())).toBe(true);
    await settled('ready');
    expect((await read(store)).body.equals(plain)).toBe(true);
    for (const [from, to] of [
      [0, 0],
      [15, 16],
      [chunkBytes - 1, chunkBytes + 33],
      [plain.length - 5, plain.length - 1],
    ] as const) {
      const part = await read(store, `bytes=${from}-${to}`);
      expect(part.status).toBe(206);
      expect(part.body.equals(plain.subarray(from, to + 1)), `${from}-${to}`).toBe(true);
    }
    expect((await read(store, `bytes=${plain.length}-`)).status).toBe(416);
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(path.join(folder, name));
      expect(bytes.includes('growth os media'), name).toBe(false);
      expect(bytes.includes(key.toString('base64')), name).toBe(false);
    }
  });

  test('a cut download resumes after the last whole chunk', async () => {
    cutAt = chunkBytes + 1000;
    const store = open();
    store.keep(manifest());
    await settled('failed');
    expect(states.at(-1)?.error).toBe('network');
    const again = open(); // as after a restart
    again.resume();
    await settled('ready');
    expect(requests.at(-1)).toBe(`bytes=${chunkBytes}-`);
    expect((await read(again)).body.equals(plain)).toBe(true);
  });

  test('bytes that do not match their hash never play', async () => {
    corrupt = true;
    const store = open();
    store.keep(manifest());
    await settled('failed');
    expect(states.at(-1)?.error).toBe('checksum');
    expect((await read(store)).status).toBe(404);
  });

  test('it stops playing when the lease ends and plays again when renewed', async () => {
    const store = open();
    store.keep(manifest());
    await settled('ready');
    now += 5000;
    expect(store.list()[0]?.state).toBe('expired');
    expect((await read(store)).status).toBe(404);
    store.keep(manifest());
    expect(store.list()[0]?.state).toBe('ready');
    expect(requests).toHaveLength(1);
  });

  test('nothing is kept where keys cannot be sealed', () => {
    const store = new MediaStore({
      folder,
      seal: { ...seal, isAvailable: () => false },
      fetch: globalThis.fetch,
      now: () => now,
      onServerWord: () => undefined,
      onChange: () => undefined,
    });
    expect(store.keep(manifest())).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('removing leaves nothing behind', async () => {
    const store = open();
    store.keep(manifest());
    await settled('ready');
    store.remove(lessonId);
    expect(readdirSync(folder)).toEqual([]);
    expect(store.list()).toEqual([]);
  });

  test.each(['../secrets/refresh', `${lessonId}/captions/../../x`, 'x', `${lessonId}/other`])(
    'the place %s answers 404',
    (place) => expect(open().serve(place, new Request('app://growthos/')).status).toBe(404),
  );
});
