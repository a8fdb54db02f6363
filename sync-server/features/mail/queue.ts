import type { Tx } from '../../db/sql.ts';

export type QueuedMail = {
  /** Whose mail it is; null for an address of nobody. */
  userId: string | null;
  email: string;
  name: string;
  template: string;
  /** Facts for the text; never a secret: links are made when the mail is sent. */
  payload?: Record<string, string | number>;
  /** The event's own name; the same event is told once. */
  dedupe: string;
  priority?: 'immediate' | 'bulk';
  cc?: string | null;
};

/** Puts a mail to an address into the queue, in the server's own transaction. Answers its id, null when it was queued before. */
export async function queueMail(tx: Tx, mail: QueuedMail): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into email_queue (user_id, template_key, recipient_email, recipient_name, payload, dedupe_key, priority, cc)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (dedupe_key) do nothing returning id`,
    [
      mail.userId,
      mail.template,
      mail.email,
      mail.name,
      JSON.stringify(mail.payload ?? {}),
      mail.dedupe,
      mail.priority ?? 'immediate',
      mail.cc ?? null,
    ],
  );
  return rows[0]?.id ?? null;
}
