import type { Tx } from '../../db/sql.ts';

type Mail = { userId: string; email: string; name: string; template: 'password_reset' | 'password_changed' | 'invite' };

/** The mail's text and link are made when it is sent. */
export async function queueMail(
  { requestId }: { requestId: string },
  tx: Tx,
  { userId, email, name, template }: Mail,
): Promise<void> {
  await tx.query(
    `insert into email_queue (user_id, template_key, recipient_email, recipient_name, dedupe_key)
     values ($1, $2, $3, $4, $5) on conflict (dedupe_key) do nothing`,
    [userId, template, email, name, `${template}:${requestId}`],
  );
}
