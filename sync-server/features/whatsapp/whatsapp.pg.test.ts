import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { startServer, type TestServer } from '../../testing/api-client.ts';
import { createCompany, createPerson, type Person } from '../../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { startWhatsappStandIn, type WhatsappStandIn } from '../../testing/whatsapp-stand-in.ts';
import { dispatchWhatsapp } from './dispatch.ts';

let database: TestDatabase;
let server: TestServer;
let meta: WhatsappStandIn;
let person: Person;
let phone: string;
let skew = 0;
let serial = 0;
const clock = { now: () => new Date(Date.now() + skew) };

beforeAll(async () => {
  database = await createTestDatabase();
  meta = await startWhatsappStandIn();
  server = await startServer(database, {
    clock,
    env: {
      WHATSAPP_URL: meta.url,
      WHATSAPP_PHONE_NUMBER_ID: meta.phoneNumberId,
      WHATSAPP_TOKEN: meta.token,
      WHATSAPP_APP_SECRET: meta.appSecret,
      WHATSAPP_VERIFY_TOKEN: meta.verifyToken,
    },
  });
  await createCompany(database.server);
});
beforeEach(async () => {
  skew = 0;
  meta.taken.length = 0;
  meta.script.length = 0;
  phone = `+9230012${String(++serial).padStart(5, '0')}`;
  person = await createPerson(database.server, 'student', { phone });
  await insertRow(database.server, 'notification_settings', { user_id: person.id, whatsapp_opt_in: true });
  await database.server.query('delete from whatsapp_queue');
  await database.server.query('update company_settings set quiet_hours = null');
});
afterAll(async () => {
  await server.close();
  await meta.close();
  await database.drop();
});

const queue = (
  template = 'submission_declined',
  payload: Record<string, string> = { name: 'Sana', assignment: 'Plan', feedback: 'Again\n\nplease' },
) =>
  insertRow(database.server, 'whatsapp_queue', {
    user_id: person.id,
    to_phone: phone,
    template_key: template,
    payload,
    dedupe_key: randomUUID(),
  });
const row = async (id: string) =>
  (
    await database.server.query<{ status: string; retry_count: number; minutes: number; error_code: string | null }>(
      `select status, retry_count, error_code, round(extract(epoch from scheduled_at - $2::timestamptz) / 60)::int as minutes
       from whatsapp_queue where id = $1`,
      [id, clock.now()],
    )
  ).rows[0]!;
const dispatch = () => dispatchWhatsapp(server.deps);
const deliver = (value: Parameters<WhatsappStandIn['deliver']>[0]) =>
  fetch(`${server.url}/webhooks/whatsapp`, { method: 'POST', ...meta.deliver(value) });

test('an approved template leaves once, its places filled in order and clean', async () => {
  const id = await queue();
  expect(await dispatch()).toMatchObject({ selected: 1, done: 1 });
  expect(await dispatch()).toMatchObject({ selected: 0 });
  expect(meta.taken).toEqual([
    {
      wamid: expect.any(String) as string,
      to: phone.slice(1),
      template: 'submission_declined',
      parameters: ['Sana', 'Plan', 'Again please'],
      rowId: id,
    },
  ]);
  expect(await row(id)).toMatchObject({ status: 'sent' });
});

test.each([
  [
    { status: 500, code: 131016 },
    { status: 'pending', retry_count: 1, minutes: 1 },
  ],
  [
    { status: 400, code: 131026 },
    { status: 'failed', retry_count: 1 },
  ],
  [
    { status: 400, code: 131056 },
    { status: 'pending', retry_count: 0, minutes: 1 },
  ],
  [
    { status: 400, code: 131049 },
    { status: 'pending', retry_count: 0, minutes: 1440 },
  ],
  [
    { status: 401, code: 190 },
    { status: 'pending', retry_count: 0, minutes: 15 },
  ],
])('after %j it is %j', async (step, expected) => {
  const id = await queue();
  meta.script.push(step);
  await dispatch();
  expect(await row(id)).toMatchObject({ ...expected, error_code: String(step.code) });
});

test('a message whose answer was lost is not sent again while a report may still come, nor after it came', async () => {
  const [lost, reported] = [await queue(), await queue()];
  meta.script.push('lost', 'lost');
  await dispatch();
  skew += 10 * 60_000;
  expect(await dispatch()).toMatchObject({ selected: 0 });
  const known = meta.taken.find(({ rowId }) => rowId === reported)!;
  await deliver({ statuses: [{ id: known.wamid, status: 'sent', biz_opaque_callback_data: reported }] });
  skew += 6 * 60_000;
  expect(await dispatch()).toMatchObject({ selected: 1, done: 1 });
  expect(meta.taken.map(({ rowId }) => rowId)).toEqual(expect.arrayContaining([lost, reported, lost]));
  expect(meta.taken).toHaveLength(3);
});

test('in quiet hours messages wait until they are over, and no try is lost', async () => {
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000 + 5 * 3_600_000).toISOString().slice(11, 16);
  await database.server.query('update company_settings set quiet_hours = $1', [
    JSON.stringify({ from: at(-60), to: at(60) }),
  ]);
  const id = await queue();
  expect(await dispatch()).toMatchObject({ skipped: 1 });
  const { status, retry_count, minutes } = await row(id);
  expect({ status, retry_count }).toEqual({ status: 'pending', retry_count: 0 });
  expect(minutes).toBeGreaterThan(57);
  skew += 61 * 60_000;
  expect(await dispatch()).toMatchObject({ done: 1 });
});

test('whoever took the consent back hears nothing more; without a service messages wait', async () => {
  const id = await queue();
  const config = readConfig({ DATABASE_URL: database.url });
  expect(await dispatchWhatsapp({ ...server.deps, config })).toMatchObject({ configured: false });
  expect((await row(id)).status).toBe('pending');
  await database.server.query('update notification_settings set whatsapp_opt_in = false where user_id = $1', [
    person.id,
  ]);
  await dispatch();
  expect([(await row(id)).status, meta.taken]).toEqual(['failed', []]);
});

test('no number stands in the audit trail', async () => {
  const id = await queue();
  await dispatch();
  const { rows } = await database.server.query<{ line: string }>(
    'select l::text as line from admin_logs l where entity_id = $1',
    [id],
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]!.line).not.toContain(phone.slice(1));
});

describe('the webhook', () => {
  test('answers the handshake to who knows the word', async () => {
    const ask = (token: string) =>
      fetch(`${server.url}/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`);
    expect(await (await ask(meta.verifyToken)).text()).toBe('1158201444');
    expect((await ask('guess')).status).toBe(403);
  });

  test('refuses what is not signed, or signed over something else', async () => {
    const { headers, body } = meta.deliver({ statuses: [] });
    const send = (given: Record<string, string>, text: string) =>
      fetch(`${server.url}/webhooks/whatsapp`, { method: 'POST', headers: given, body: text });
    expect((await send(headers, body)).status).toBe(200);
    expect((await send(headers, `${body} `)).status).toBe(401);
    expect((await send({ 'content-type': 'application/json' }, body)).status).toBe(401);
    expect((await send({ ...headers, 'x-hub-signature-256': 'sha256=00' }, body)).status).toBe(401);
  });

  test('reports in any order and repeated only move a message on', async () => {
    const id = await queue();
    await dispatch();
    const { wamid } = meta.taken[0]!;
    for (const status of ['read', 'sent', 'delivered', 'failed', 'read'])
      expect((await deliver({ statuses: [{ id: wamid, status }, { nonsense: true }] })).status).toBe(200);
    expect((await row(id)).status).toBe('read');
    const other = await queue();
    await dispatch();
    const failed = {
      id: meta.taken[1]!.wamid,
      status: 'failed',
      errors: [{ code: 131026, title: 'Message undeliverable' }],
    };
    await deliver({ statuses: [failed] });
    expect(await row(other)).toMatchObject({ status: 'failed', error_code: '131026' });
  });

  test('an answer brings a silent student back, a stop word ends the consent', async () => {
    const cycle = await insertRow(database.server, 'student_recovery_messages', {
      student_id: person.id,
      days_inactive: 4,
      message_status: 'sent',
      message_sent_at: new Date().toISOString(),
    });
    const say = (body: string) =>
      deliver({ messages: [{ id: `wamid.${randomUUID()}`, from: phone.slice(1), type: 'text', text: { body } }] });
    await say('I am back tomorrow');
    const { rows } = await database.server.query(
      'select message_status, close_cause, recovery_successful from student_recovery_messages where id = $1',
      [cycle],
    );
    expect(rows).toEqual([{ message_status: 'recovered', close_cause: 'reply', recovery_successful: true }]);
    const waiting = await queue();
    await say(' Stop! ');
    const consent = await database.server.query(
      'select whatsapp_opt_in as yes from notification_settings where user_id = $1',
      [person.id],
    );
    expect([consent.rows, (await row(waiting)).status]).toEqual([[{ yes: false }], 'cancelled']);
  });
});
