import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createFakeDesktop, type FakeDesktop } from '../../testing/fake-desktop.ts';
import { fromBase64url, toBase64url } from '../data-key.ts';
import { DeviceDatabase, type OutboxRow } from '../device-database.ts';
import { openSealer } from '../sealing.ts';
import { HeldDatabase } from './held-database.ts';
import { openedSealer } from './seal-work.ts';
import { createWiper } from './wiper.ts';

vi.setConfig({ testTimeout: 60_000 });

const userId = '0192f000-0000-7000-8000-000000000001';
const texts = ['A note from the train', 'Half a thought', 'A text that came back'];
const fileText = 'the bytes of a plan';
/** What every database of the stand-in inherits from. */
let databases: IDBDatabase;
let pair: CryptoKeyPair;
let heldKey: { kid: string; n: string; e: string };

beforeAll(async () => {
  databases = await new Promise((resolve) => {
    const request = new IDBFactory().open('any');
    request.onsuccess = () => resolve(Object.getPrototypeOf(request.result) as IDBDatabase);
  });
  const rsa = { name: 'RSA-OAEP', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  pair = await crypto.subtle.generateKey(rsa, true, ['encrypt', 'decrypt']);
  const { n, e } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  heldKey = { kid: 'held', n: n!, e: e! };
});
afterEach(() => vi.restoreAllMocks());

/** Power that lasts for so many accesses to the disk; after that everything fails until the computer is started again. */
function powerFor(accesses: number) {
  const power = { left: accesses };
  const draw = (): void => {
    power.left -= 1;
    if (power.left < 0) throw new Error('power cut');
  };
  // eslint-disable-next-line typescript/unbound-method -- called on the database it was taken from
  const { transaction } = databases;
  vi.spyOn(databases, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    draw();
    return transaction.apply(this, args);
  });
  return { power, draw };
}

function computerOf(desktop: FakeDesktop | null, draw: () => void) {
  const disk = new IDBFactory();
  const indexedDB = {
    IDBKeyRange,
    indexedDB: new Proxy(disk, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name === 'open' || name === 'deleteDatabase') draw();
          return (value as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    }),
  };
  const record = { there: true, toldOthers: false };
  const reports: string[] = [];
  const start = () =>
    createWiper({
      desktop,
      indexedDB,
      now: () => new Date('2027-03-01T08:00:00.000Z'),
      serverUrl: async () => 'http://server.test',
      fetch: async (_, init) => {
        reports.push(String(init?.body));
        return Response.json({ wiped_at: '2027-03-01T08:00:00.000Z' });
      },
      onForgotten: () => void (record.toldOthers = true),
      session: {
        getState: () => ({ state: 'ended', user: { id: userId } }) as never,
        closeDown: async () => undefined,
        forget: async () => {
          draw();
          record.there = false;
          return true;
        },
      },
    });
  return { disk, indexedDB, record, reports, start };
}

const outboxRow = (body: string): Omit<OutboxRow, 'seq'> => ({
  key: 'lesson_notes|1',
  type: 'lesson_notes',
  id: '1',
  verb: 'insert',
  op: '0192f000-0000-7000-8000-0000000000aa',
  set: { body },
  guess: {},
  base: null,
  client_at: '2027-03-01T07:00:00.000Z',
  sent: false,
  overtaken: false,
  tries: 0,
  not_before: null,
});

/** A device with unsent work of every kind, and an order that has just been written down. */
async function fill(computer: ReturnType<typeof computerOf>, desktop: FakeDesktop | null): Promise<void> {
  const device = new DeviceDatabase(`growthos-device-${userId}`, computer.indexedDB);
  const sealer = await openSealer(device, desktop, userId);
  await device.outbox.add(outboxRow(texts[0]!) as OutboxRow);
  await device.drafts.put({
    key: 'work/1',
    saved_at: '2027-03-01T07:00:00.000Z',
    sealed: await sealer.sealJson(texts[1]),
  });
  await device.problems.put({ key: 'p', at: '2027', mine: { content: texts[2] } } as never);
  await device.uploads.put({ file_id: 'f', state: 'waiting', created_at: '2027' } as never);
  await device.bytes.put({
    file_id: 'f',
    mime: 'text/plain',
    sealed: await sealer.seal(new TextEncoder().encode(fileText)),
  });
  device.close();
  const held = new HeldDatabase(undefined, computer.indexedDB);
  await held.wipes.put({
    user_id: userId,
    order: 'the order',
    held_key: heldKey,
    step: 'seal',
    keeps_session: false,
    reported: false,
    seen: false,
    at: '2027-03-01T08:00:00.000Z',
  });
  held.close();
}

/** All that the server could open of what is kept here: what its person would get. */
async function kept(indexedDB: ReturnType<typeof computerOf>['indexedDB']): Promise<string[]> {
  const held = new HeldDatabase(undefined, indexedDB);
  const found: string[] = [];
  for (const row of await held.held.toArray()) {
    const label = new TextEncoder().encode(row.user_id);
    const key = await crypto.subtle.decrypt(
      { name: 'RSA-OAEP', label },
      pair.privateKey,
      fromBase64url(row.sealed_key),
    );
    const box = await openedSealer(toBase64url(key));
    found.push(JSON.stringify(await box.openJson(row.sealed)));
    for (const file of await held.files.where('held_id').equals(row.id).toArray())
      found.push(new TextDecoder().decode((await box.open(file.sealed))!));
  }
  held.close();
  return found;
}

it.each([
  ['in a browser', false],
  ['on the desktop', true],
])('%s, a power cut at any access to the disk loses no work and leaves nothing readable', async (_, onDesktop) => {
  let cuts = 0;
  for (let accesses = 0; ; accesses += 1) {
    const { power, draw } = powerFor(Number.POSITIVE_INFINITY);
    const desktop = onDesktop
      ? createFakeDesktop({
          'media.list': () => (
            draw(),
            [{ lesson_id: 'l', state: 'ready', bytes: 1, total: 1, error: null, valid_until: null }]
          ),
          'media.remove': () => (draw(), { ok: true }),
        })
      : null;
    const computer = computerOf(desktop, draw);
    await fill(computer, desktop);

    power.left = accesses;
    const wiper = computer.start();
    const wasCut = await wiper.finish().then(
      () => false,
      () => true,
    );
    wiper.close();
    power.left = Number.POSITIVE_INFINITY;
    if (wasCut) cuts += 1;
    // At the moment of the cut everything is in one of the two places.
    if ((await kept(computer.indexedDB)).length === 0)
      expect(await stillThere(computer, desktop), `${accesses}`).toBe(true);

    const again = computer.start();
    await again.finish();
    const work = (await kept(computer.indexedDB)).join('\n');
    for (const text of [...texts, fileText]) expect(work.split(text).length - 1, `${text} after ${accesses}`).toBe(1);
    const names = (await computer.disk.databases()).map(({ name }) => name);
    expect(
      names.filter((name) => name?.includes(userId)),
      `${accesses}`,
    ).toEqual([]);
    expect(computer.record).toEqual({ there: false, toldOthers: true });
    expect([...(desktop?.secrets.keys() ?? [])]).toEqual([]);
    expect(again.signedOut.get()).toEqual(new Date('2027-03-01T08:00:00.000Z'));
    // Reported at the first look, and forgotten once it was read.
    await again.look();
    await again.acknowledge();
    expect(computer.reports).toEqual(['{"order":"the order"}']);
    expect(again.signedOut.get()).toBeNull();
    again.close();
    vi.restoreAllMocks();
    if (!wasCut) break;
  }
  // The loop proves itself: the whole wipe is more than a handful of accesses, and each was cut once.
  expect(cuts).toBeGreaterThan(25);
});

async function stillThere(computer: ReturnType<typeof computerOf>, desktop: FakeDesktop | null): Promise<boolean> {
  const device = new DeviceDatabase(`growthos-device-${userId}`, computer.indexedDB);
  const sealer = await openSealer(device, desktop, userId);
  const draft = await device.drafts.get('work/1');
  const bytes = await device.bytes.get('f');
  const all =
    (await device.outbox.count()) === 1 &&
    (await device.problems.count()) === 1 &&
    (await sealer.openJson(draft!.sealed)) === texts[1] &&
    (await sealer.open(bytes!.sealed)) !== null;
  device.close();
  return all;
}
