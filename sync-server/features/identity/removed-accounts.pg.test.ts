import { createHash, randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCommandStage, type CommandStage } from '../../testing/command-stage.ts';

/** What an operator's program does to an account, as the account's devices and staff meet it afterwards. */

const serviceKey = `service-${randomUUID()}`;
const password = 'a calm river at dawn';
let stage: CommandStage;
beforeAll(async () => {
  stage = await openCommandStage({
    env: { SERVICE_KEY_HASH: createHash('sha256').update(serviceKey).digest('hex') },
  });
});
afterAll(() => stage.close());

const operator = () =>
  createClient(stage.server.url, serviceKey, { auth: { persistSession: false, autoRefreshToken: false } }).auth.admin;
const reactivate = (user_id: string) =>
  stage.command('superadmin', 'reactivate-user', { user_id, reason: 'removed by mistake' });
const addressOf = async (id: string) =>
  (await stage.rows<{ email: string }>('select email from users where id = $1', [id]))[0]!.email;

describe('reactivating an account that a program removed', () => {
  test('brings its address back, and with it the way in that was kept', async () => {
    const person = await stage.join('student');
    expect((await operator().deleteUser(person.id, true)).error).toBeNull();
    expect(await addressOf(person.id)).toBe(`removed-${person.id}@removed.invalid`);
    expect((await operator().getUserById(person.id)).error).toMatchObject({ code: 'user_not_found' });
    expect(await reactivate(person.id)).toMatchObject({ status: 200, data: { status: 'active' } });
    expect(await addressOf(person.id)).toBe(person.email);
    expect((await operator().getUserById(person.id)).data.user).toMatchObject({ id: person.id, email: person.email });
    expect((await stage.server.signIn(person.email, password)).userId).toBe(person.id);
    expect(await stage.rows('select email_undeliverable as dead from users where id = $1', [person.id])).toEqual([
      { dead: false },
    ]);
  });

  test('leaves the address to whoever has it by now', async () => {
    const person = await stage.join('student');
    expect((await operator().deleteUser(person.id)).error).toBeNull();
    const successor = await stage.join('student', { email: person.email });
    expect(await reactivate(person.id)).toMatchObject({ status: 200 });
    expect(await addressOf(person.id)).toBe(`removed-${person.id}@removed.invalid`);
    expect(await addressOf(successor.id)).toBe(person.email);
    // It is an account again all the same: listed, and open to be given another address.
    const moved = await operator().updateUserById(person.id, { email: 'another@example.test' });
    expect(moved.data.user).toMatchObject({ id: person.id, email: 'another@example.test' });
  });
});

describe('the devices of an account', () => {
  const isAsked = async (id: string) =>
    (
      await stage.rows<{ asked: boolean }>(
        'select wipe_requested_at is not null and wiped_at is null as asked from devices where user_id = $1',
        [id],
      )
    )[0]!.asked;

  test.each([
    ['removal', (id: string) => operator().deleteUser(id)],
    ['a ban', (id: string) => operator().updateUserById(id, { ban_duration: '24h' })],
    ['another role', (id: string) => operator().updateUserById(id, { app_metadata: { role: 'mentor' } })],
  ])('are told to wipe after %s', async (_what, change) => {
    const { id } = await stage.join('student');
    expect(await isAsked(id)).toBe(false);
    expect((await change(id)).error).toBeNull();
    expect(await isAsked(id)).toBe(true);
  });

  test.each([
    ['another password', { password: 'eleven blue kites' }],
    ['the role it has', { app_metadata: { role: 'student' } }],
    ['another name', { user_metadata: { full_name: 'Zain' } }],
  ])('keep what they hold after %s', async (_what, change) => {
    const { id } = await stage.join('student');
    expect((await operator().updateUserById(id, change)).error).toBeNull();
    expect(await isAsked(id)).toBe(false);
  });

  test('need not wipe when the ban or the removal is taken back first', async () => {
    const { id } = await stage.join('student');
    await operator().updateUserById(id, { ban_duration: '24h' });
    await operator().updateUserById(id, { ban_duration: 'none' });
    expect(await isAsked(id)).toBe(false);
    await operator().deleteUser(id, true);
    await reactivate(id);
    expect(await isAsked(id)).toBe(false);
  });
});
