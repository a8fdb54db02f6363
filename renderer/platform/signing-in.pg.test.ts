import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startIdentityServer, type IdentityServer } from '../testing/real-identity.ts';
import { askForEmail, enrolApp, giveAppCode, makeRecoveryCodes, readAccount, removeFactors } from './account.ts';
import { createClock } from './clock.ts';
import { createSession, type Session } from './session.ts';
import { memoryVault } from './session-record.ts';

const password = 'a calm river at dawn';
let server: IdentityServer;
let person: { id: string; email: string };
let session: Session;
/** The code an app with this secret shows, of a step that was not used yet. */
const codeOf = (secret: string): string => {
  server.skewMs += 60_000;
  return server.codeOf(secret);
};

beforeAll(async () => {
  server = await startIdentityServer();
});
beforeEach(async () => {
  session = newSession();
  await session.restore();
});
afterAll(() => server.close());

const newSession = (): Session =>
  createSession({
    vault: memoryVault(),
    storage: null,
    desktop: null,
    clock: createClock(
      { getItem: () => null, setItem: () => undefined },
      { wall: () => Date.now(), monotonic: () => performance.now() },
    ),
    fetch: (input, init) => fetch(input, init),
    serverUrl: async () => server.url,
  });
const state = () => session.getState();
const nextStep = { ok: false, code: 'next_step', retryAfter: null };
/** What the server says to this device's token. */
async function reaches(): Promise<number> {
  const line = await session.connection();
  const headers = { authorization: `Bearer ${await line!.accessToken()}` };
  return (await fetch(`${server.url}/functions/v1/list-sessions`, { method: 'POST', headers })).status;
}

// First: it needs an installation without any account.
test('the link that begins an academy signs its first superadmin in', async () => {
  const token = await server.mintSetupToken();
  const input = { token, company_name: 'Falcon Academy', full_name: 'Sana Khan', email: 'sana@example.test', password };
  expect(await state().signInBy({ by: 'setup', input })).toEqual({ ok: true });
  expect(state()).toMatchObject({ state: 'signed-in', role: 'superadmin', user: { full_name: 'Sana Khan' } });
  expect(await reaches()).toBe(200);
});

test('a person with an app is asked for its code before anything is kept', async () => {
  person = await server.createPerson('mentor', { password });
  const code = await server.setUpApp(person.email, password);
  server.skewMs += 60_000;
  expect(await state().signIn(person.email, password)).toEqual(nextStep);
  expect(state()).toMatchObject({ state: 'none', step: { kind: 'code' } });
  expect(await state().giveCode('000000')).toMatchObject({ code: 'mfa_verification_failed' });
  expect(await state().giveCode(code().replace(/(...)/, '$1 '))).toEqual({ ok: true });
  expect(state()).toMatchObject({ state: 'signed-in', step: null, user: { id: person.id } });
  expect(await reaches()).toBe(200);
  const line = (await session.connection())!;
  await line.accessToken({ fresh: true });
  expect(await reaches()).toBe(200);
});

test('leaving the step leaves nothing behind', async () => {
  expect(await state().signIn(person.email, password)).toEqual(nextStep);
  state().leaveSteps();
  expect(state()).toMatchObject({ state: 'none', step: null });
  expect(await state().giveCode('123456')).toMatchObject({ code: 'session_not_found' });
});

test('an app is set up in the middle of work, with codes for the day it is lost, and taken away again', async () => {
  person = await server.createPerson('enrollment_manager', { password });
  await state().signIn(person.email, password);
  const line = (await session.connection())!;
  const app = await enrolApp(line);
  if (!app.ok) throw new Error(app.fault);
  expect(await giveAppCode(line, app.value.id, '000000')).toEqual({ ok: false, fault: 'mfa_verification_failed' });
  expect(await giveAppCode(line, app.value.id, codeOf(app.value.totp.secret))).toEqual({ ok: true, value: null });
  // The token of before is weak now; the session goes on with the new one.
  expect(await reaches()).toBe(200);
  const first = await makeRecoveryCodes(line);
  const codes = await makeRecoveryCodes(line);
  if (!first.ok || !codes.ok) throw new Error('no codes');

  const elsewhere = newSession();
  await elsewhere.restore();
  await elsewhere.getState().signIn(person.email, password);
  expect(await elsewhere.getState().giveCode(first.value[0]!)).toMatchObject({ code: 'mfa_verification_failed' });
  expect(await elsewhere.getState().giveCode(codes.value[0]!.toUpperCase())).toEqual({ ok: true });

  const account = await readAccount(line);
  if (!account.ok) throw new Error(account.fault);
  expect(await removeFactors(line, account.value.factors!)).toEqual({ ok: true, value: null });
  expect(await readAccount(line)).toMatchObject({ ok: true, value: { email: person.email } });
  expect(await reaches()).toBe(200);
});

test('who has a password that somebody else chose is asked for one of their own', async () => {
  person = await server.createPerson('student', { password, more: { is_temp_password: true } });
  expect(await state().signIn(person.email, password)).toEqual(nextStep);
  expect(state().step).toEqual({ kind: 'password' });
  expect(await state().choosePassword('password')).toMatchObject({ code: 'weak_password' });
  expect(await state().choosePassword('seven green lanterns')).toEqual({ ok: true });
  expect(await reaches()).toBe(200);
});

test('an admin whose academy asks for a second step sets one up on the way in', async () => {
  await server.query('delete from company_settings');
  await server.createCompany({ staff_mfa_required: true });
  person = await server.createPerson('admin', { password });
  expect(await state().signIn(person.email, password)).toEqual(nextStep);
  const step = state().step;
  if (step?.kind !== 'enrol') throw new Error('no enrolment was asked for');
  expect(step.picture).toContain('<svg');
  expect(await state().giveCode(codeOf(step.secret))).toEqual({ ok: true });
  expect(await reaches()).toBe(200);
  await server.query('update company_settings set staff_mfa_required = false');
});

test('the link of a mail leads to a new password and in; it works once', async () => {
  person = await server.createPerson('student', { password });
  const token = await server.mintLink(person.id, 'recovery');
  expect(await state().signInBy({ by: 'link', type: 'recovery', token })).toEqual(nextStep);
  expect(state().step).toEqual({ kind: 'password' });
  expect(await state().choosePassword('seven green lanterns')).toEqual({ ok: true });
  expect(state().user?.id).toBe(person.id);
  const again = newSession();
  await again.restore();
  expect(await again.getState().signInBy({ by: 'link', type: 'recovery', token })).toMatchObject({
    code: 'otp_expired',
  });
  expect(await again.getState().signIn(person.email, 'seven green lanterns')).toEqual({ ok: true });
});

test('the two links of a change of address: the first one says so, the second one signs in', async () => {
  person = await server.createPerson('student', { password });
  await state().signIn(person.email, password);
  const line = (await session.connection())!;
  expect(await askForEmail(line, 'not an address')).toEqual({ ok: false, fault: 'validation_failed' });
  expect(await askForEmail(line, 'other@example.test')).toMatchObject({ value: { new_email: 'other@example.test' } });
  const mint = (kind: 'email_change_current' | 'email_change_new') => server.mintLink(person.id, kind);
  const [one, two] = [await mint('email_change_current'), await mint('email_change_new')];
  const follow = (token: string) => state().signInBy({ by: 'link', type: 'email_change', token });
  expect(await follow(one)).toMatchObject({ code: 'half_confirmed' });
  expect(await follow(two)).toEqual({ ok: true });
  expect(state().user).toMatchObject({ id: person.id, email: 'other@example.test' });
});

test('a link of somebody else does not take over a window where a person is at work', async () => {
  const other = await server.createPerson('student', { password });
  await state().signIn('other@example.test', password);
  const token = await server.mintLink(other.id, 'magiclink');
  expect(await state().signInBy({ by: 'link', type: 'magiclink', token })).toMatchObject({ code: 'other_person' });
  expect(state().user).toMatchObject({ email: 'other@example.test' });
});
