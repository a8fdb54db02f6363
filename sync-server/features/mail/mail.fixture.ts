import { randomUUID } from 'node:crypto';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { startServer } from '../../testing/api-client.ts';
import { createCompany, createPerson, type Person } from '../../testing/people.ts';
import { startResendStandIn } from '../../testing/resend-stand-in.ts';
import { createTestDatabase } from '../../testing/test-database.ts';
import { dispatchMail } from './dispatch.ts';
import { queueMail } from './queue.ts';

export const password = 'a calm river at dawn';

/** A line of the queue; `minutes` until it is due. */
type Row = {
  status: string;
  retry_count: number;
  error_message: string | null;
  subject: string | null;
  body: string | null;
  minutes: number | null;
  provider_message_id: string | null;
};

/** An academy that sends mail by a stand-in for the service, at a time that tests move on. */
export type MailStage = Awaited<ReturnType<typeof openMailStage>>;

export async function openMailStage() {
  const database = await createTestDatabase();
  const resend = await startResendStandIn();
  let skew = 0;
  const clock = { now: () => new Date(Date.now() + skew) };
  const server = await startServer(database, {
    clock,
    env: {
      MAIL_FROM: 'Falcon Office <office@falcon.test>',
      RESEND_API_KEY: resend.apiKey,
      RESEND_URL: resend.url,
      RESEND_WEBHOOK_SECRET: resend.webhookSecret,
      MAIL_PER_MINUTE: '60000',
      PUBLIC_URL: 'https://lms.falcon.test',
    },
  });
  await createCompany(database.server, { company_name: 'Falcon <Academy>' });
  await createPerson(database.server, 'superadmin');
  let person: Person;

  return {
    database,
    resend,
    clock,
    server,
    /** Before each test: nothing is queued or sent, it is now, and mail goes to somebody new, who is answered. */
    async begin(): Promise<Person> {
      skew = 0;
      resend.taken.length = 0;
      resend.script.length = 0;
      await database.server.query('delete from email_queue');
      person = await createPerson(database.server, 'student', { password, full_name: 'Sana <b>Iqbal</b>' });
      return person;
    },
    later(minutes: number): void {
      skew += minutes * 60_000;
    },
    queue: (more: Partial<Parameters<typeof queueMail>[1]> = {}) =>
      asServer(database.server, (tx) =>
        queueMail(tx, {
          userId: person.id,
          email: person.email,
          name: person.full_name,
          template: 'password_changed',
          dedupe: randomUUID(),
          ...more,
        }),
      ) as Promise<string>,
    async row(id: string): Promise<Row> {
      const { rows } = await database.server.query<Row>(
        `select status, retry_count, error_message, subject, body, provider_message_id,
           round(extract(epoch from scheduled_at - $2::timestamptz) / 60)::int as minutes from email_queue where id = $1`,
        [id, clock.now()],
      );
      return rows[0]!;
    },
    dispatch: (more: Partial<Parameters<typeof dispatchMail>[1]> = {}, deps: Deps = server.deps) =>
      dispatchMail(deps, { bulk: false, ...more }),
    async audit(id: string): Promise<string[]> {
      const { rows } = await database.server.query<{ action: string }>(
        'select action from admin_logs where entity_id = $1 order by created_at',
        [id],
      );
      return rows.map(({ action }) => action);
    },
    /** Whether nothing more is sent to the person's address. */
    async isUndeliverable(): Promise<boolean> {
      const { rows } = await database.server.query<{ no: boolean }>(
        'select email_undeliverable as no from users where id = $1',
        [person.id],
      );
      return rows[0]!.no;
    },
    async close(): Promise<void> {
      await server.close();
      await resend.close();
      await database.drop();
    },
  };
}
