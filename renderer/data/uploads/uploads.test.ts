import { describe, expect, it, vi } from 'vitest';
import { NetworkError } from '../../platform/errors.ts';
import { createFakeServer, type FakeServer } from '../../testing/fake-server.ts';
import { closeBehindEachTest, goOffline, opened } from '../../testing/opened.ts';
import { idOf } from '../../testing/rows.ts';
import { patient, soon } from '../../testing/soon.ts';
import { createTestDevice, testUserId } from '../../testing/test-device.ts';
import { until } from '../store.ts';
import { UploadRefusedError, type SendBytes } from './tus.ts';
import type { Replica } from '../types.ts';

vi.setConfig(patient);
closeBehindEachTest();

const text = 'the whole plan';
const plan = () => new File([text], 'Mein Plan.PDF', { type: 'application/pdf' });
const target = {
  bucket: 'assignment-submissions',
  linked_table: 'submissions',
  linked_id: idOf(4, 1),
  subject_id: idOf(3, 1),
} as const;

/** Storage of the server: what arrived, and a hand on the tap. */
function storage(server: FakeServer) {
  const state = {
    arrived: new Map<string, string>(),
    fail: null as null | (() => Error | null),
    urls: [] as (string | null)[],
    send: (async (row, bytes, { onUrl, onProgress, signal }) => {
      signal.throwIfAborted();
      state.urls.push(row.upload_url);
      onUrl(`http://server.test/uploads/${row.file_id}`);
      onProgress(Math.floor(bytes.length / 2));
      const failure = state.fail?.();
      if (failure) throw failure;
      state.arrived.set(row.file_id, new TextDecoder().decode(bytes));
      const file = server.rows.get(`files|${row.file_id}`);
      if (file) server.put({ ...file, type: 'files', id: row.file_id, v: crypto.randomUUID(), status: 'ready' });
    }) as SendBytes,
  };
  return state;
}

async function start(options: { online?: boolean } = {}) {
  const server = createFakeServer();
  const store = storage(server);
  const device = createTestDevice({ server });
  const replica = opened(await device.openSynced({ sendBytes: store.send }));
  if (options.online === false) goOffline(server);
  let current = replica;
  const restart = async (): Promise<Replica> => {
    await current.close();
    return (current = opened(await device.open({ sendBytes: store.send })));
  };
  return { server, store, device, replica, restart };
}

describe('a picked file', () => {
  it('is copied at once, waits through a restart, and goes after its row', async () => {
    const { server, store, replica, restart } = await start({ online: false });
    const id = await replica.attach(plan(), target);
    expect(replica.upload(id).get()).toEqual({ fileId: id, state: 'waiting', sent: 0, total: text.length });
    expect(replica.syncState.get().waiting).toBe(2);
    const again = await restart();
    expect(again.upload(id).get()?.state).toBe('waiting');
    expect(again.pending.get().map(({ key }) => key.split(':')[0])).toEqual(['op', 'file']);
    server.online = true;
    again.syncNow();
    await until(again.syncState, ({ waiting, status }) => waiting === 0 && status === 'uptodate');
    expect(store.arrived.get(id)).toBe(text);
    expect(server.taken[0]?.set).toMatchObject({
      owner_id: testUserId,
      original_name: 'Mein Plan.PDF',
      path: `${testUserId}/${idOf(3, 1)}/${id}.pdf`,
      mime: 'application/pdf',
      bytes: text.length,
    });
    expect(server.taken[0]?.set.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(server.taken[0]?.set).not.toHaveProperty('status');
    await until(again.row('files', id), (row) => row?.status === 'ready');
    expect(again.upload(id).get()).toMatchObject({ state: 'ready', sent: text.length });
  });

  it('is hashed and sealed, and shown from this device without a network', async () => {
    const { replica, device } = await start({ online: false });
    const id = await replica.attach(plan(), target);
    const [row] = await replica.find('files');
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    expect(row?.sha256).toBe(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''));
    const url = await replica.fileUrl(id);
    expect(url).toMatch(/^blob:/);
    expect(await (await fetch(url ?? '')).text()).toBe(text);
    expect(device.troubles).toEqual([]);
  });

  it('goes on where it broke off, and begins again where the server has forgotten it', async () => {
    const { store, replica } = await start();
    const failures: Error[] = [
      new NetworkError('cut'),
      new UploadRefusedError(404, 'forgotten'),
      new NetworkError('cut'),
    ];
    store.fail = () => failures.shift() ?? null;
    const id = await replica.attach(plan(), target);
    for (let tries = 1; tries <= 3; tries += 1) {
      await soon(() => expect(store.urls).toHaveLength(tries));
      await until(replica.pending, (items) => items.some((item) => item.key === `file:${id}` && item.tries === tries));
      replica.syncNow();
    }
    await until(replica.syncState, ({ waiting }) => waiting === 0);
    expect(store.arrived.get(id)).toBe(text);
    const url = `http://server.test/uploads/${id}`;
    expect(store.urls).toEqual([null, url, null, url]);
  });

  it('that the server will never take is marked and not tried for ever', async () => {
    const { server, store, replica } = await start();
    store.fail = () => new UploadRefusedError(415, 'not this kind');
    const id = await replica.attach(plan(), target);
    await until(replica.upload(id), (upload) => upload?.state === 'failed');
    replica.syncNow();
    expect(store.urls).toHaveLength(1);
    expect(server.taken.map(({ type }) => type)).toEqual(['files']);
    await until(replica.syncState, ({ waiting, status }) => waiting === 0 && status === 'problem');
    expect(replica.problems.get()).toMatchObject([
      { type: 'files', id, code: 'file_type', mine: { original_name: 'Mein Plan.PDF' } },
    ]);
    await replica.discardProblem(`file:${id}`);
    expect(replica.problems.get()).toEqual([]);
  });

  it('given up before anything left takes its row with it', async () => {
    const { server, store, replica } = await start({ online: false });
    const id = await replica.attach(plan(), target);
    await replica.detach(id);
    expect(replica.upload(id).get()).toBeNull();
    expect(await replica.find('files')).toEqual([]);
    expect(replica.syncState.get().waiting).toBe(0);
    server.online = true;
    replica.syncNow();
    await until(replica.syncState, ({ status }) => status === 'uptodate');
    expect(server.taken).toEqual([]);
    expect(store.arrived.size).toBe(0);
  });

  it('lets the work that names it go as soon as it has arrived', async () => {
    const { server, store, replica } = await start({ online: false });
    const id = await replica.attach(plan(), target);
    server.judge = (op) =>
      op.type === 'submissions' && !store.arrived.has(id) ? { op: op.op, s: 'wait', reason: 'files' } : undefined;
    await replica.writes.insert('submissions', {
      id: idOf(4, 1),
      assignment_id: idOf(3, 1),
      student_id: testUserId,
      content: null,
      links: [],
      file_ids: [id],
      client_submitted_at: '2026-11-22T10:00:00.000Z',
      based_on: null,
    });
    server.online = true;
    replica.syncNow();
    await until(replica.syncState, ({ waiting, status }) => waiting === 0 && status === 'uptodate');
    expect(server.taken.map(({ type }) => type)).toEqual(['files', 'submissions']);
  });
});

it('signing out destroys the queue, the replica and the bytes', async () => {
  const { replica, device } = await start({ online: false });
  await replica.attach(plan(), target);
  await replica.destroy();
  const again = opened(await device.open());
  expect(again.pending.get()).toEqual([]);
  expect(await again.find('files')).toEqual([]);
  expect(again.syncState.get().lastSyncAt).toBeNull();
});
