import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { createSupabase, startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { mintMailSecret } from './mail-secrets.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let person: Person;
let client: Client;
let wanted: string;
let serial = 0;
let skewMs = 0;
const now = () => new Date(Date.now() + skewMs);

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database, { clock: { now } });
});
beforeEach(async () => {
  skewMs = 0;
  person = await createPerson(database.server, 'student', { password });
  client = await server.signIn(person.email, password);
  wanted = `new-${++serial}@example.test`;
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

type QueuedMail = { id: string; template: string; recipient: string; payload: unknown };
const mails = async (): Promise<QueuedMail[]> =>
  (
    await database.server.query<QueuedMail>(
      `select id, template_key as template, recipient_email as recipient, payload from email_queue
       where user_id = $1 and status = 'pending' order by created_at, template_key`,
      [person.id],
    )
  ).rows;
/** Sends the mails as the mail worker would and answers the links in them, by mailbox. */
async function openMailboxes(): Promise<Record<string, string>> {
  const links: Record<string, string> = {};
  for (const { id, template, recipient } of await mails()) {
    const secret = await asServer(database.server, (tx) =>
      mintMailSecret(tx, { template, recipient, userId: person.id }, now()),
    );
    if (secret && secret !== 'void' && 'token' in secret) links[recipient] = secret.token;
    await database.server.query(`update email_queue set status = 'sent' where id = $1`, [id]);
  }
  return links;
}
const follow = (token_hash: string) => createSupabase(server.url).auth.verifyOtp({ token_hash, type: 'email_change' });
const addressNow = async () =>
  (await database.server.query<{ email: string }>('select email::text from users where id = $1', [person.id])).rows[0]!
    .email;

test('both mailboxes must say yes, in either order; then both are told, and sessions stay', async () => {
  const asked = await client.supabase.auth.updateUser({ email: wanted.toUpperCase() });
  expect(asked.error).toBeNull();
  expect(asked.data.user).toMatchObject({ email: person.email, new_email: wanted });
  expect((await mails()).map(({ template, recipient, payload }) => [template, recipient, payload])).toEqual([
    ['email_change_current', person.email, { new_email: wanted }],
    ['email_change_new', wanted, { new_email: wanted }],
  ]);
  const links = await openMailboxes();

  const first = await follow(links[wanted]!);
  expect(first.error).toBeNull();
  expect(first.data).toEqual({ user: null, session: null });
  expect(await addressNow()).toBe(person.email);
  const second = await follow(links[person.email]!);
  expect(second.data.user).toMatchObject({ id: person.id, email: wanted });
  expect(second.data.session).not.toBeNull();
  expect(await addressNow()).toBe(wanted);

  expect((await mails()).map(({ template, recipient }) => [template, recipient]).toSorted()).toEqual([
    ['email_changed', wanted],
    ['email_changed', person.email],
    ['new_device', wanted],
  ]);
  expect((await client.call('GET', '/auth/v1/user')).status).toBe(200);
  await server.signIn(wanted, password);
  await expect(server.signIn(person.email, password)).rejects.toMatchObject({ code: 'invalid_credentials' });
});

test('one mailbox alone, twice, or with the other one’s address, changes nothing', async () => {
  await client.supabase.auth.updateUser({ email: wanted });
  const links = await openMailboxes();
  const anon = createSupabase(server.url);
  expect(
    (await anon.auth.verifyOtp({ email: person.email, token: links[wanted]!, type: 'email_change' })).error,
  ).toMatchObject({ code: 'otp_expired' });
  expect((await anon.auth.verifyOtp({ email: wanted, token: links[wanted]!, type: 'email_change' })).error).toBeNull();
  expect((await follow(links[wanted]!)).error).toMatchObject({ code: 'otp_expired' });
  expect((await follow(links[person.email]!.slice(1))).error).toMatchObject({ code: 'otp_expired' });
  expect(await addressNow()).toBe(person.email);
});

test('the address of somebody else is answered like a free one, and leads nowhere', async () => {
  const other = await createPerson(database.server, 'student', { password });
  const free = await client.supabase.auth.updateUser({ email: wanted });
  const taken = await client.supabase.auth.updateUser({ email: other.email });
  expect(taken.error).toBeNull();
  const shape = ({ data }: typeof free) => Object.keys(data.user!).toSorted();
  expect(shape(taken)).toEqual(shape(free));
  expect((await mails()).map(({ recipient }) => recipient)).toEqual([person.email]);
});

test('an address that was taken meanwhile is not given twice', async () => {
  await client.supabase.auth.updateUser({ email: wanted });
  const links = await openMailboxes();
  await createPerson(database.server, 'student', { email: wanted });
  await follow(links[wanted]!);
  expect((await follow(links[person.email]!)).error).toMatchObject({ code: 'email_exists' });
  expect(await addressNow()).toBe(person.email);
});

test('a second wish voids the first one, with its links and its mails', async () => {
  await client.supabase.auth.updateUser({ email: wanted });
  const first = await openMailboxes();
  const later = `later-${serial}@example.test`;
  await client.supabase.auth.updateUser({ email: wanted });
  await client.supabase.auth.updateUser({ email: later });
  expect((await mails()).map(({ recipient }) => recipient).toSorted()).toEqual([later, person.email].toSorted());
  for (const token of Object.values(first)) expect((await follow(token)).error).toMatchObject({ code: 'otp_expired' });
  // A mail that was taken from the queue just before must not carry a link of the new wish to the old address.
  expect(
    await asServer(database.server, (tx) =>
      mintMailSecret(tx, { template: 'email_change_new', recipient: wanted, userId: person.id }, now()),
    ),
  ).toBe('void');
  const links = await openMailboxes();
  await follow(links[later]!);
  await follow(links[person.email]!);
  expect(await addressNow()).toBe(later);
});

test('a wish is forgotten after a day', async () => {
  await client.supabase.auth.updateUser({ email: wanted });
  const links = await openMailboxes();
  await follow(links[wanted]!);
  skewMs = 25 * 3_600_000;
  expect((await follow(links[person.email]!)).error).toMatchObject({ code: 'otp_expired' });
});

test('the links can be asked for again, at most three mails an hour, and nobody learns whether there are any', async () => {
  await client.supabase.auth.updateUser({ email: wanted });
  const resend = (email: string) => createSupabase(server.url).auth.resend({ type: 'email_change', email });
  for (let i = 0; i < 4; i++) expect((await resend(person.email)).error).toBeNull();
  expect((await resend('nobody@example.test')).error).toBeNull();
  await expect.poll(async () => (await mails()).length).toBe(6);
  expect((await client.supabase.auth.updateUser({ email: `x${wanted}` })).error).toMatchObject({
    code: 'over_email_send_rate_limit',
  });
});

test('what is no address is refused', async () => {
  for (const email of ['plain', 'two@at@example.test', 'space @example.test'])
    expect((await client.supabase.auth.updateUser({ email })).error).toMatchObject({ code: 'validation_failed' });
});

test('a code from a mail stands for the current password, once', async () => {
  await database.server.query(`update auth_sessions set created_at = now() - interval '1 hour' where user_id = $1`, [
    person.id,
  ]);
  const change = (nonce?: string) =>
    client.supabase.auth.updateUser({ password: 'seven green lanterns', ...(nonce ? { nonce } : {}) });
  expect((await change()).error).toMatchObject({ code: 'reauthentication_needed' });
  expect((await client.supabase.auth.reauthenticate()).error).toBeNull();
  const [mail] = await mails();
  expect(mail).toMatchObject({ template: 'reauthentication', recipient: person.email, payload: {} });
  const secret = await asServer(database.server, (tx) =>
    mintMailSecret(tx, { template: mail!.template, recipient: mail!.recipient, userId: person.id }, now()),
  );
  const { code } = secret as { code: string };
  expect(code).toMatch(/^\d{6}$/);
  const wrong = code === '000000' ? '000001' : '000000';
  expect((await change(wrong)).error).toMatchObject({ code: 'reauthentication_not_valid' });
  expect((await change(code)).error).toBeNull();
  expect((await change(code)).error).toMatchObject({ code: 'reauthentication_not_valid' });
});
