import { z } from 'zod';
import {
  listedMailSchema,
  listMailSchema,
  mailStatusSchema,
  resendMailSchema,
  resentMailSchema,
} from '#contract/api/mail.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { openSender } from './open-sender.ts';

const roles = ['admin', 'superadmin'] as const;
type Status = z.infer<typeof mailStatusSchema>;
type Listed = z.infer<typeof listedMailSchema>['mails'][number];

export const mailStatus = defineCommand({
  name: 'mail-status',
  summary: 'Whether mails leave, and how many wait or failed',
  input: z.strictObject({}),
  output: mailStatusSchema,
  roles,
  writes: false,
  privileged: true,
  run: async ({ deps, actor }) => {
    const sender = openSender(deps.config);
    sender?.close();
    const { rows } = await asActor(deps.people, actor, (tx) =>
      tx.query<Omit<Status, 'service'>>(
        `select count(*) filter (where status in ('pending', 'sending'))::int as waiting,
           count(*) filter (where status = 'failed')::int as failed,
           min(created_at) filter (where status = 'pending') as oldest from email_queue`,
      ),
    );
    return { service: sender?.name ?? null, ...rows[0]! };
  },
});

export const listMail = defineCommand({
  name: 'list-mail',
  summary: 'Outgoing mails and what became of them, newest first',
  input: listMailSchema,
  output: listedMailSchema,
  roles,
  writes: false,
  privileged: true,
  run: async ({ deps, actor }, { status, user_id, before, limit }) => {
    const { rows } = await asActor(deps.people, actor, (tx) =>
      tx.query<Listed>(
        `select id, created_at, user_id, template_key, recipient_email, recipient_name, subject, status, retry_count, error_message,
           scheduled_at, sent_at, provider
         from email_queue
         where ($1::text is null or status = $1) and ($2::uuid is null or user_id = $2)
           and ($3::timestamptz is null or created_at < $3)
         order by created_at desc, id desc limit $4`,
        [status ?? null, user_id ?? null, before ?? null, limit],
      ),
    );
    return { mails: rows };
  },
});

/** Whoever asks for it says that the reason of the failure is gone: the address counts as reachable again. */
export const resendMail = defineCommand({
  name: 'resend-mail',
  summary: 'Try a failed mail again',
  input: resendMailSchema,
  output: resentMailSchema,
  roles,
  writes: true,
  privileged: true,
  run: ({ deps, actor, now, requestId }, { mail_id }) =>
    asServer(deps.server, async (tx) => {
      const { rows } = await tx.query<{ template_key: string; user_id: string | null }>(
        `update email_queue q set status = 'pending', retry_count = 0, scheduled_at = $2, locked_until = null, error_message = null,
           recipient_email = coalesce((select u.email from users u where u.id = q.user_id and q.template_key not like 'email_change%'), q.recipient_email)
         where q.id = $1 and q.status = 'failed' returning q.template_key, q.user_id`,
        [mail_id, now],
      );
      const mail = rows[0];
      if (!mail) throw new AppError('NOT_FOUND', { message: 'There is no failed mail of this id.' });
      await tx.query('update users set email_undeliverable = false where id = $1 and email_undeliverable', [
        mail.user_id,
      ]);
      await tx.query(
        `select from graphile_worker.add_job('mail.send-queued', payload => '{}'::json, job_key => 'mail.send-queued')`,
      );
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'email_queue',
        id: mail_id,
        action: 'mail_resent',
        about: mail.user_id,
        summary: '',
        data: { template: mail.template_key },
        request: requestId,
      });
      return { mail_id, status: 'pending' as const };
    }),
});
