import { constants, createPublicKey, publicEncrypt, randomBytes, randomUUID } from 'node:crypto';
import { compactVerify, decodeJwt, importJWK } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WipeOrder } from '#contract/api/wipe.ts';
import { checkBuckets } from '#contract/protocol.ts';
import { currentDeviceKey, rotateDeviceKeys } from '../../sync/device-keys.ts';
import { openCommandStage, type Caller, type CommandStage } from '../../testing/command-stage.ts';
import { createFixtureDevice, type FixtureDevice } from './device.fixture.ts';
import { forgetDeviceKeys } from './forget-device-keys.job.ts';

let stage: CommandStage;
let person: Caller;
let device: FixtureDevice;

beforeAll(async () => {
  stage = await openCommandStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await stage.join('student');
  device = await createFixtureDevice(stage.server, person.id, person.client.deviceId);
  expect(await pull()).toMatchObject({ status: 200 });
});

const tokenOf = async (who: Caller): Promise<string> =>
  (await who.client.supabase.auth.getSession()).data.session!.access_token;
const pull = async () => device.pull(await tokenOf(person));
const suspend = () =>
  stage.command('admin', 'suspend-student', { user_id: person.id, cause: 'manual', reason: 'a word' });
const lift = async () => {
  const [open] = await stage.rows<{ id: string }>(
    'select id from suspensions where user_id = $1 and lifted_at is null',
    [person.id],
  );
  return stage.command('admin', 'lift-suspension', {
    user_id: person.id,
    suspension_id: open!.id,
    reason: 'sorted out',
  });
};
const standing = async () =>
  (
    await stage.rows<{ asked: boolean; done: boolean }>(
      'select wipe_requested_at is not null as asked, wiped_at is not null as done from devices where id = $1',
      [device.id],
    )
  )[0];

test('nothing is ordered while nothing is wished', async () => {
  expect(await device.ask()).toBeNull();
});

test('a suspended student’s device gets an order for itself, this question and this key, and reports once it is done', async () => {
  expect(await suspend()).toMatchObject({ status: 200 });
  const nonce = randomBytes(32).toString('base64url');
  const order = (await device.ask({ nonce }))!;
  const { kid, x, y } = device.knows!;
  const { payload, protectedHeader } = await compactVerify(
    order,
    await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256'),
  );
  expect(protectedHeader).toEqual({ alg: 'ES256', kid, typ: 'growthos-wipe+jwt' });
  const held = await currentDeviceKey(stage.database.server, 'held_work');
  expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
    device_id: device.id,
    user_id: person.id,
    nonce,
    requested_at: expect.any(String) as string,
    held_key: { kid: held.kid, n: held.public_jwk.n, e: held.public_jwk.e },
  });
  expect(order).not.toContain(held.private_jwk.d);
  expect(await device.report(order)).toEqual(expect.any(String));
  expect(await standing()).toEqual({ asked: true, done: true });
  const trail = await stage.rows(
    "select target_user_id from admin_logs where action = 'device_wiped' and entity_id = $1",
    [device.id],
  );
  expect(trail).toEqual([{ target_user_id: person.id }]);
  // The report may have come of a wipe that was cut short afterwards.
  expect(await device.ask()).not.toBeNull();
});

test('a lift ends the wish where it was not carried out yet', async () => {
  await suspend();
  const order = (await device.ask())!;
  expect(await lift()).toMatchObject({ status: 200 });
  expect(await device.ask()).toBeNull();
  expect(await device.report(order)).toBeNull();
  expect(await standing()).toEqual({ asked: false, done: false });
});

test('strangers learn nothing: another key, another device, another person, an unknown device, a borrowed proof', async () => {
  await suspend();
  const stranger = await createFixtureDevice(stage.server, person.id, device.id);
  stranger.knows = device.knows;
  expect(await stranger.ask()).toBeNull();
  const other = await stage.join('student');
  expect(await device.ask({ user_id: other.id })).toBeNull();
  expect(await device.ask({ device_id: other.client.deviceId })).toBeNull();
  expect(await device.ask({ device_id: crypto.randomUUID() })).toBeNull();
  expect(await device.ask({ kid: 'unknown' })).toBeNull();
  expect(await device.ask({ proof: 'A'.repeat(86) })).toBeNull();
  expect(await device.ask()).not.toBeNull();
});

test('only an order of ours counts as a report', async () => {
  await suspend();
  const order = (await device.ask())!;
  const [head, body, signature] = order.split('.') as [string, string, string];
  const forged = Buffer.from(JSON.stringify({ ...decodeJwt(order), device_id: crypto.randomUUID() })).toString(
    'base64url',
  );
  for (const report of ['', 'a.b.c', `${head}.${forged}.${signature}`, `${head}.${body}.${'A'.repeat(86)}`])
    expect(await device.report(report), report).toBeNull();
  expect(await standing()).toEqual({ asked: true, done: false });
});

test('a device with an open wish syncs no row, also under a new sign-in, until it has wiped', async () => {
  await stage.command('superadmin', 'change-role', { user_id: person.id, role: 'mentor', reason: 'joins the team' });
  const again = await stage.server.signIn(person.email, 'a calm river at dawn', device.id);
  person = { ...person, client: again };
  expect(await pull()).toMatchObject({ status: 409, code: 'WIPE_DUE' });
  const order = (await device.ask())!;
  expect(await device.report(order)).not.toBeNull();
  const before = device;
  device = await createFixtureDevice(stage.server, person.id, device.id);
  expect(await pull()).toMatchObject({ status: 200 });
  expect([await device.ask(), await before.ask()]).toEqual([null, null]);
});

/** Every door of the device, with what opens it. */
const doors: Record<string, () => object> = {
  pull: () => ({ checkpoint: null }),
  stream: () => ({ checkpoint: null }),
  push: () => ({ ops: [{ op: randomUUID() }] }),
  check: () => ({ families: { people: Array.from({ length: checkBuckets }, () => '0'.repeat(16)) } }),
};

test.each(Object.keys(doors))('%s: leaving out the key of its data does not spare a device its wipe', async (path) => {
  const ask = async (key?: string | null) => device.sync(path, doors[path]!(), await tokenOf(person), key);
  // Without a wish it may leave the key out.
  expect(await ask(null)).toMatchObject({ status: 200 });
  await stage.command('superadmin', 'change-role', { user_id: person.id, role: 'mentor', reason: 'joins the team' });
  person = { ...person, client: await stage.server.signIn(person.email, 'a calm river at dawn', device.id) };
  const told = { status: 409, code: 'WIPE_DUE', wipe_key: { kid: device.knows!.kid } };
  expect(await ask()).toMatchObject(told);
  expect(await ask(null)).toMatchObject(told);
  expect(await ask('no key at all')).toMatchObject(told);
  expect(await standing()).toEqual({ asked: true, done: false });
});

test('a device of which no key was ever known is told to wipe as well, until it shows one', async () => {
  const keyless = await stage.join('student');
  device = await createFixtureDevice(stage.server, keyless.id, keyless.client.deviceId);
  const ask = async (key: string | null) => device.sync('pull', { checkpoint: null }, await tokenOf(person), key);
  person = keyless;
  expect(await ask(null)).toMatchObject({ status: 200 });
  await stage.command('superadmin', 'change-role', { user_id: person.id, role: 'mentor', reason: 'joins the team' });
  person = { ...person, client: await stage.server.signIn(person.email, 'a calm river at dawn', device.id) };
  expect(await ask(null)).toMatchObject({ status: 409, code: 'WIPE_DUE' });
  expect(await ask(device.key)).toMatchObject({ status: 200 });
  expect(await standing()).toEqual({ asked: true, done: true });
});

test('a new key means new data: what was to be forgotten is gone', async () => {
  await stage.command('superadmin', 'change-role', { user_id: person.id, role: 'mentor', reason: 'joins the team' });
  person = { ...person, client: await stage.server.signIn(person.email, 'a calm river at dawn', device.id) };
  device = await createFixtureDevice(stage.server, person.id, device.id);
  expect(await pull()).toMatchObject({ status: 200 });
  expect(await standing()).toEqual({ asked: true, done: true });
});

test('a device that synced after its wipe is asked again', async () => {
  await suspend();
  await device.report((await device.ask())!);
  await lift();
  person = { ...person, client: await stage.server.signIn(person.email, 'a calm river at dawn', device.id) };
  device = await createFixtureDevice(stage.server, person.id, device.id);
  expect(await pull()).toMatchObject({ status: 200 });
  expect(await suspend()).toMatchObject({ status: 200 });
  expect(await standing()).toEqual({ asked: true, done: false });
  expect(await device.ask()).not.toBeNull();
});

test('one’s own lost device is wiped too', async () => {
  const here = await stage.server.signIn(person.email, 'a calm river at dawn');
  await stage.command({ ...person, client: here }, 'revoke-device', { device_id: device.id });
  expect(await device.ask()).not.toBeNull();
});

test('an erased person’s device still gets its order', async () => {
  for (const mode of ['deactivate', 'erase'])
    expect(
      await stage.command('superadmin', 'delete-user', {
        user_id: person.id,
        mode,
        confirm_email: person.email,
        reason: 'asked for it',
      }),
    ).toMatchObject({ status: 200 });
  const order = (await device.ask())!;
  expect(await device.report(order)).not.toBeNull();
});

function sealTo(held: Pick<WipeOrder['held_key'], 'n' | 'e'>, key: Buffer, label: string): string {
  const publicKey = createPublicKey({ key: { kty: 'RSA', n: held.n, e: held.e }, format: 'jwk' });
  const options = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  return publicEncrypt({ ...options, oaepLabel: Buffer.from(label) }, key).toString('base64url');
}

test('held work opens for its person and nobody else, and also after the keys were rotated', async () => {
  await suspend();
  const { held_key } = decodeJwt((await device.ask())!) as unknown as WipeOrder;
  const key = randomBytes(32);
  const sealed = { kid: held_key.kid, sealed_key: sealTo(held_key, key, person.id) };
  // The session is over; nothing opens for somebody who may not sign in.
  expect(await stage.command(person, 'open-held-work', sealed)).toMatchObject({ status: 401 });
  await lift();
  person = { ...person, client: await stage.server.signIn(person.email, 'a calm river at dawn', device.id) };
  await rotateDeviceKeys(stage.database.server);
  expect(await stage.command(person, 'open-held-work', sealed)).toMatchObject({
    status: 200,
    data: { key: key.toString('base64url') },
  });
  expect(await stage.command(await stage.join('student'), 'open-held-work', sealed)).toMatchObject({
    status: 404,
    code: 'NOT_FOUND',
  });
  expect(await stage.command('superadmin', 'open-held-work', sealed)).toMatchObject({ status: 404 });
  const spoiled = { ...sealed, sealed_key: sealed.sealed_key.replace(/^..../, 'AAAA') };
  expect(await stage.command(person, 'open-held-work', spoiled)).toMatchObject({ status: 404 });
});

test('a device that knows only a retired key gets an order by that key, until the key is forgotten', async () => {
  await suspend();
  await rotateDeviceKeys(stage.database.server);
  const order = await device.ask();
  expect(JSON.parse(Buffer.from(order!.split('.')[0]!, 'base64url').toString())).toMatchObject({
    kid: device.knows!.kid,
  });
  await stage.rows("update device_keys set retired_at = now() - interval '366 days' where kid = $1", [
    device.knows!.kid,
  ]);
  const context = { server: stage.database.server, clock: { now: () => new Date() } };
  await forgetDeviceKeys.run({}, context as never);
  expect(await device.ask()).toBeNull();
  // The keys of held work go later than the work itself.
  const { rows } = await stage.database.server.query(
    "select count(*)::int as n from device_keys where purpose = 'held_work' and retired_at is not null",
  );
  expect(rows[0]).not.toEqual({ n: 0 });
});
