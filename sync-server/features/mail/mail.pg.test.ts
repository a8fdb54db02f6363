import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import { startWorker } from '../../jobs/worker.ts';
import { createSupabase } from '../../testing/api-client.ts';
import { sendQueuedMail } from './mail.job.ts';
import { claimMail } from './mail-queue.ts';
import type { Person } from '../../testing/people.ts';
import { openMailStage, type MailStage } from './mail.fixture.ts';

let stage: MailStage;
let database: MailStage['database'];
let server: MailStage['server'];
let resend: MailStage['resend'];
let clock: MailStage['clock'];
let queue: MailStage['queue'];
let row: MailStage['row'];
let dispatch: MailStage['dispatch'];
let audit: MailStage['audit'];
let person: Person;

beforeAll(async () => {
  stage = await openMailStage();
  ({ database, server, resend, clock, queue, row, dispatch, audit } = stage);
});
beforeEach(async () => {
  person = await stage.begin();
});
afterAll(() => stage.close());

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
    stage.later((minutes ?? 0) + 1 / 60);
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
  stage.later(2);
  await dispatch();
  expect([(await row(id)).status, resend.taken.length]).toEqual(['sent', 1]);
});

test('a mail whose process died is taken again after its lock, by one of those who come', async () => {
  const id = await queue();
  await claimMail(database.server, clock.now(), { bulk: false });
  expect(await dispatch()).toMatchObject({ selected: 0 });
  stage.later(6);
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
  stage.later(16);
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
