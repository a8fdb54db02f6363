import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPerson, type Person } from '../../testing/people.ts';
import { openMailStage, password, type MailStage } from './mail.fixture.ts';

let stage: MailStage;
let database: MailStage['database'];
let server: MailStage['server'];
let resend: MailStage['resend'];
let queue: MailStage['queue'];
let row: MailStage['row'];
let dispatch: MailStage['dispatch'];
let audit: MailStage['audit'];
let isUndeliverable: MailStage['isUndeliverable'];
let person: Person;

beforeAll(async () => {
  stage = await openMailStage();
  ({ database, server, resend, queue, row, dispatch, audit, isUndeliverable } = stage);
});
beforeEach(async () => {
  person = await stage.begin();
});
afterAll(() => stage.close());

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
    expect(await isUndeliverable()).toBe(true);
    expect((await audit(id)).filter((action) => action === 'mail.failed')).toHaveLength(1);

    const admin = await createPerson(database.server, 'admin', { password });
    const { call } = await server.signIn(admin.email, password);
    const again = await call('POST', '/functions/v1/resend-mail', { mail_id: id }, { 'idempotency-key': randomUUID() });
    expect(again.status).toBe(200);
    expect([await isUndeliverable(), (await row(id)).status]).toEqual([false, 'pending']);
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
    expect(await isUndeliverable()).toBe(false);
  });

  test('a soft bounce is the service’s own business', async () => {
    const id = await queue();
    await dispatch();
    await report(resend.report('email.bounced', resend.taken[0]!.id, { bounce: { type: 'Transient' } }));
    expect((await row(id)).status).toBe('sent');
  });
});
