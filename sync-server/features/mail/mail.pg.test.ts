import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { readConfig } from '../../config.ts';
import type { Deps } from '../../deps.ts';
import { createSupabase, startServer, type TestServer } from '../../testing/api-client.ts';
import { createCompany, createPerson, type Person } from '../../testing/people.ts';
import { startResendStandIn, type ResendStandIn } from '../../testing/resend-stand-in.ts';
import { startSmtpStandIn, type SmtpStandIn } from '../../testing/smtp-stand-in.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { startWorker } from '../../jobs/worker.ts';
import { dispatchMail } from './dispatch.ts';
import { sendQueuedMail } from './mail.job.ts';
import { claimMail } from './mail-queue.ts';
import { queueMail } from './queue.ts';

const password = 'a calm river at dawn';
let database: TestDatabase;
let server: TestServer;
let resend: ResendStandIn;
let person: Person;
let skew = 0;
const clock = { now: () => new Date(Date.now() + skew) };
const from = 'Falcon Office <office@falcon.test>';

beforeAll(async () => {
  database = await createTestDatabase();
  resend = await startResendStandIn();
  server = await startServer(database, {
    clock,
    env: {
      MAIL_FROM: from,
      RESEND_API_KEY: resend.apiKey,
      RESEND_URL: resend.url,
      RESEND_WEBHOOK_SECRET: resend.webhookSecret,
      MAIL_PER_MINUTE: '60000',
      PUBLIC_URL: 'https://lms.falcon.test',
    },
  });
  await createCompany(database.server, { company_name: 'Falcon <Academy>' });
  await createPerson(database.server, 'superadmin');
});
beforeEach(async () => {
  skew = 0;
  person = await createPerson(database.server, 'student', { password, full_name: 'Sana <b>Iqbal</b>' });
  resend.taken.length = 0;
  resend.script.length = 0;
  await database.server.query('delete from email_queue');
});
afterAll(async () => {
  await server.close();
  await resend.close();
  await database.drop();
});

const queue = (more: Partial<Parameters<typeof queueMail>[1]> = {}) =>
  asServer(database.server, (tx) =>
    queueMail(tx, {
      userId: person.id,
      email: person.email,
      name: person.full_name,
      template: 'password_changed',
      dedupe: randomUUID(),
      ...more,
    }),
  ) as Promise<string>;
type Row = {
  status: string;
  retry_count: number;
  error_message: string | null;
  subject: string | null;
  body: string | null;
  minutes: number | null;
  provider_message_id: string | null;
};
const row = async (id: string): Promise<Row> => {
  const { rows } = await database.server.query<Row>(
    `select status, retry_count, error_message, subject, body, provider_message_id,
       round(extract(epoch from scheduled_at - $2::timestamptz) / 60)::int as minutes from email_queue where id = $1`,
    [id, clock.now()],
  );
  return rows[0]!;
};
const dispatch = (more: Partial<Parameters<typeof dispatchMail>[1]> = {}, deps: Deps = server.deps) =>
  dispatchMail(deps, { bulk: false, ...more });
const audit = async (id: string) => {
  const { rows } = await database.server.query<{ action: string }>(
    'select action from admin_logs where entity_id = $1 order by created_at',
    [id],
  );
  return rows.map(({ action }) => action);
};

test('a mail leaves once, in both forms, with everything escaped, from the academy', async () => {
  const id = await queue({
    template: 'new_device',
    payload: { label: '<script>x</script>', time: 'now' },
    cc: 'boss@falcon.test',
  });
  expect(await dispatch()).toMatchObject({ selected: 1, done: 1, failed: 0 });
  expect(await dispatch()).toMatchObject({ selected: 0 });
  const [{ body, key }] = resend.taken as [(typeof resend.taken)[0]];
  expect(key).toBe(id);
  expect(body).toMatchObject({
    from: '"Falcon Office" <office@falcon.test>',
    to: [person.email],
    cc: ['boss@falcon.test'],
    subject: 'A new device signed in',
  });
  expect(body.text).toContain('Hello Sana <b>Iqbal</b>');
  expect(body.html).toContain('Hello Sana &lt;b&gt;Iqbal&lt;/b&gt;');
  expect(body.html).not.toMatch(/<script|<b>/);
  expect(await row(id)).toMatchObject({
    status: 'sent',
    provider_message_id: resend.taken[0]!.id,
    subject: body.subject,
  });
  expect(await audit(id)).toEqual(['mail.sent']);
});

test('a link is made when the mail is sent, works, and stands in no table', async () => {
  const id = await queue({ template: 'password_reset' });
  expect(await database.server.query('select from one_time_tokens where user_id = $1', [person.id])).toMatchObject({
    rowCount: 0,
  });
  await dispatch();
  const [link, token] = /https:\/\/lms\.falcon\.test\/#\/link\/recovery\/([\w-]+)/.exec(resend.taken[0]!.body.text)!;
  expect(resend.taken[0]!.body.html).toContain(`<a href="${link}"`);
  const { rows } = await database.server.query<{ line: string }>(
    'select q::text as line from email_queue q where id = $1',
    [id],
  );
  expect(rows[0]!.line).not.toContain(token);
  const { data } = await createSupabase(server.url).auth.verifyOtp({ token_hash: token!, type: 'recovery' });
  expect(data.user?.id).toBe(person.id);
});

test('a link never goes to an address that is no longer the account’s', async () => {
  const id = await queue({ template: 'password_reset', email: 'former@address.test' });
  expect(await dispatch()).toMatchObject({ done: 0, skipped: 1 });
  expect([(await row(id)).status, resend.taken]).toEqual(['cancelled', []]);
});

test('what fails is tried six times, ever later, and then staff hear of it once', async () => {
  const id = await queue();
  const waits: (number | null)[] = [];
  for (let attempt = 1; attempt <= 6; attempt++) {
    resend.script.push({ status: 500 });
    await dispatch();
    const { status, minutes } = await row(id);
    waits.push(status === 'pending' ? minutes : null);
    skew += (minutes ?? 0) * 60_000 + 1000;
  }
  expect(waits).toEqual([1, 5, 30, 120, 720, null]);
  expect(await row(id)).toMatchObject({ status: 'failed', retry_count: 6 });
  expect(await dispatch()).toMatchObject({ selected: 0 });
  expect(await audit(id)).toEqual([...Array.from({ length: 5 }, () => 'mail.retry'), 'mail.failed']);
  const { rows } = await database.server.query("select from notifications where template_key = 'delivery_problem'");
  expect(rows).toHaveLength(1);
});

test('an answer that was lost delivers nothing twice', async () => {
  const id = await queue();
  resend.script.push('lost');
  await dispatch();
  expect(await row(id)).toMatchObject({ status: 'pending' });
  skew += 2 * 60_000;
  await dispatch();
  expect([(await row(id)).status, resend.taken.length]).toEqual(['sent', 1]);
});

test('a mail whose process died is taken again after its lock, by one of those who come', async () => {
  const id = await queue();
  await claimMail(database.server, clock.now(), { bulk: false });
  expect(await dispatch()).toMatchObject({ selected: 0 });
  skew += 6 * 60_000;
  const runs = await Promise.all([dispatch(), dispatch(), dispatch()]);
  expect(runs.map(({ done }) => done).toSorted()).toEqual([0, 0, 1]);
  expect(await row(id)).toMatchObject({ status: 'sent', retry_count: 2 });
});

test('several processes at once send each mail once', async () => {
  const ids = [];
  for (let at = 0; at < 12; at++) ids.push(await queue());
  await Promise.all([dispatch(), dispatch(), dispatch()]);
  expect(resend.taken.map(({ key }) => key).toSorted()).toEqual(ids.toSorted());
});

test('a refused mail fails at once; a wrong key or a full day costs no mail a try and lets the others wait', async () => {
  const bad = await queue();
  resend.script.push({ status: 422, name: 'validation_error' });
  await dispatch();
  expect(await row(bad)).toMatchObject({ status: 'failed', retry_count: 1 });
  const [one, two] = [await queue(), await queue()];
  resend.script.push({ status: 401, name: 'invalid_api_key' });
  const before = resend.asked;
  expect(await dispatch()).toMatchObject({ selected: 1, failed: 1 });
  expect(resend.asked - before).toBe(1);
  for (const id of [one, two]) expect(await row(id)).toMatchObject({ status: 'pending', retry_count: 0, minutes: 15 });
  skew += 16 * 60_000;
  resend.script.push({ status: 429, name: 'daily_quota_exceeded' });
  await dispatch();
  expect((await row(two)).status).toBe('pending');
  expect(resend.taken).toEqual([]);
});

test('bulk mail waits for the afternoon; the same event is queued once', async () => {
  const id = await queue({ priority: 'bulk', dedupe: 'digest:1' });
  expect(await queue({ priority: 'bulk', dedupe: 'digest:1' })).toBeNull();
  expect(await dispatch()).toMatchObject({ selected: 0 });
  expect(await dispatch({ bulk: true })).toMatchObject({ done: 1 });
  expect((await row(id)).status).toBe('sent');
});

test('words of the academy go before those of the program; a mail without any fails', async () => {
  await database.server.query(
    `insert into notification_templates (key, channel, title_md, body_md) values ('password_changed', 'email', 'Neu: {company}', 'Hi {name} {nobody}')`,
  );
  await queue();
  await dispatch();
  expect(resend.taken[0]!.body).toMatchObject({ subject: 'Neu: Falcon <Academy>', text: 'Hi Sana <b>Iqbal</b>' });
  const unknown = await queue({ template: 'nobody_wrote_this' });
  await dispatch();
  expect(await row(unknown)).toMatchObject({ status: 'failed' });
  await database.server.query("delete from notification_templates where key = 'password_changed'");
});

test('without a service mails wait, and staff are told that there is none', async () => {
  const id = await queue();
  const config = readConfig({ DATABASE_URL: database.url });
  expect(await dispatch({}, { ...server.deps, config })).toMatchObject({ configured: false, selected: 0 });
  expect(await row(id)).toMatchObject({ status: 'pending', retry_count: 0 });
  expect(() => readConfig({ DATABASE_URL: database.url, SMTP_HOST: 'mail.test' })).toThrow('MAIL_FROM is missing');
});

test('queueing wakes the worker with the transaction', async () => {
  const worker = await startWorker(server.deps, [sendQueuedMail]);
  try {
    const id = await queue();
    await expect.poll(() => row(id), { timeout: 25_000 }).toMatchObject({ status: 'sent', error_message: null });
  } finally {
    await worker.stop();
  }
});

describe('reports of the service', () => {
  const report = (sent: { headers: Record<string, string>; body: string }) =>
    fetch(`${server.url}/webhooks/resend`, { method: 'POST', ...sent });

  test('a bounce marks the address, and nothing more is queued to it until staff try again', async () => {
    const id = await queue();
    await dispatch();
    const sent = resend.report('email.bounced', resend.taken[0]!.id, { bounce: { type: 'Permanent' } });
    expect((await report(sent)).status).toBe(204);
    expect((await report(sent)).status).toBe(204);
    expect(await row(id)).toMatchObject({ status: 'failed', error_message: 'email.bounced' });
    const undeliverable = async () =>
      (
        await database.server.query<{ no: boolean }>('select email_undeliverable as no from users where id = $1', [
          person.id,
        ])
      ).rows[0]!.no;
    expect(await undeliverable()).toBe(true);
    expect((await audit(id)).filter((action) => action === 'mail.failed')).toHaveLength(1);

    const admin = await createPerson(database.server, 'admin', { password });
    const { call } = await server.signIn(admin.email, password);
    const again = await call('POST', '/functions/v1/resend-mail', { mail_id: id }, { 'idempotency-key': randomUUID() });
    expect(again.status).toBe(200);
    expect([await undeliverable(), (await row(id)).status]).toEqual([false, 'pending']);
    const status = (await (await call('POST', '/functions/v1/mail-status')).json()) as { data: unknown };
    expect(status.data).toMatchObject({ service: 'resend', waiting: 1, failed: 0 });
    const list = (await (await call('POST', '/functions/v1/list-mail', { user_id: person.id })).json()) as {
      data: { mails: object[] };
    };
    expect(list.data.mails).toEqual([expect.objectContaining({ id, status: 'pending' })]);
    expect(JSON.stringify(list)).not.toContain('password of your account');
  });

  test('an unsigned, forged, altered or old report is refused', async () => {
    await queue();
    await dispatch();
    const good = resend.report('email.bounced', resend.taken[0]!.id);
    const bad = [
      { ...good, headers: { 'content-type': 'application/json' } },
      { ...good, headers: { ...good.headers, 'svix-signature': 'v1,AAAA' } },
      { ...good, body: good.body.replace('bounced', 'delivered') },
      { ...good, headers: { ...good.headers, 'svix-timestamp': '1700000000' } },
    ];
    for (const sent of bad) expect((await report(sent)).status).toBe(401);
    const { rows } = await database.server.query('select from users where id = $1 and email_undeliverable', [
      person.id,
    ]);
    expect(rows).toEqual([]);
  });

  test('a soft bounce is the service’s own business', async () => {
    const id = await queue();
    await dispatch();
    await report(resend.report('email.bounced', resend.taken[0]!.id, { bounce: { type: 'Transient' } }));
    expect((await row(id)).status).toBe('sent');
  });
});

describe('by SMTP', () => {
  let smtp: SmtpStandIn;
  let deps: Deps;
  const credentials = { user: 'office', password: 'not a real one' };
  beforeEach(async () => {
    smtp = await startSmtpStandIn(credentials);
    deps = depsOf({ SMTP_ALLOW_PLAIN: 'true' });
  });
  afterEach(() => smtp.close());
  const depsOf = (env: Record<string, string>): Deps => ({
    ...server.deps,
    config: readConfig({
      DATABASE_URL: database.url,
      MAIL_FROM: 'office@falcon.test',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(smtp.port),
      SMTP_USER: credentials.user,
      SMTP_PASSWORD: credentials.password,
      MAIL_PER_MINUTE: '60000',
      FILES_DIR: server.deps.config.FILES_DIR,
      ...env,
    }),
  });

  test('a mail arrives with both parts, encoded headers and dots, under a stable id', async () => {
    const id = await queue({ name: 'Sana Íqbal', payload: {}, template: 'password_changed' });
    await database.server.query("update email_queue set subject = 'Grüße\u2028Bcc: x', body = $2 where id = $1", [
      id,
      'Line one\n\n.a dot begins this line',
    ]);
    await dispatch({}, deps);
    expect(await row(id)).toMatchObject({ status: 'sent', provider_message_id: `<${id}@falcon.test>` });
    const [mail] = smtp.received as [(typeof smtp.received)[0]];
    expect(mail).toMatchObject({ from: 'office@falcon.test', to: [person.email] });
    expect(mail.message).toContain(`Message-ID: <${id}@falcon.test>`);
    expect(mail.message).toContain('multipart/alternative');
    expect(mail.message).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mail.message).not.toMatch(/^Bcc:/m);
    expect(mail.message).toMatch(/^\.a dot begins this line/m);
  });

  test.each([
    ['a busy server', { on: 'MAIL', say: '451 later' }, { status: 'pending', retry_count: 1 }, false],
    ['an unknown mailbox', { on: 'RCPT', say: '550 5.1.1 no such user' }, { status: 'failed', retry_count: 1 }, true],
    ['a refused text', { on: 'END', say: '554 spam' }, { status: 'failed', retry_count: 1 }, false],
    ['a wrong password', { on: 'AUTH', say: '535 5.7.8 no' }, { status: 'pending', retry_count: 0 }, false],
  ])('%s', async (_, step, expected, bounced) => {
    const id = await queue();
    smtp.script.push(step);
    await dispatch({}, deps);
    expect(await row(id)).toMatchObject(expected);
    const { rows } = await database.server.query('select email_undeliverable as no from users where id = $1', [
      person.id,
    ]);
    expect(rows).toEqual([{ no: bounced }]);
    expect(smtp.received).toEqual([]);
  });

  test('without TLS nothing leaves unless that was allowed', async () => {
    const id = await queue();
    await dispatch({}, depsOf({}));
    expect(await row(id)).toMatchObject({ status: 'pending', retry_count: 0 });
    expect(smtp.received).toEqual([]);
  });
});
