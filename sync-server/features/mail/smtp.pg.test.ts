import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import type { Deps } from '../../deps.ts';
import { startSmtpStandIn, type SmtpStandIn } from '../../testing/smtp-stand-in.ts';
import type { Person } from '../../testing/people.ts';
import { openMailStage, type MailStage } from './mail.fixture.ts';

let stage: MailStage;
let database: MailStage['database'];
let server: MailStage['server'];
let queue: MailStage['queue'];
let row: MailStage['row'];
let dispatch: MailStage['dispatch'];
let isUndeliverable: MailStage['isUndeliverable'];
let person: Person;

beforeAll(async () => {
  stage = await openMailStage();
  ({ database, server, queue, row, dispatch, isUndeliverable } = stage);
});
beforeEach(async () => {
  person = await stage.begin();
});
afterAll(() => stage.close());

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
    expect(await isUndeliverable()).toBe(bounced);
    expect(smtp.received).toEqual([]);
  });

  test('without TLS nothing leaves unless that was allowed', async () => {
    const id = await queue();
    await dispatch({}, depsOf({}));
    expect(await row(id)).toMatchObject({ status: 'pending', retry_count: 0 });
    expect(smtp.received).toEqual([]);
  });
});
