import type { Tx } from '../../db/sql.ts';

/** Mails about an account. Their texts are made when they are sent, and so are the secrets of those that carry a link or code. */
export const accountMails = [
  /** Carries a set-password link (`recovery`). */
  'password_reset',
  /** Carries a set-password link (`invite`). */
  'invite',
  /** Carries the link for the mailbox the account has now (`email_change_current`); payload: `new_email`. */
  'email_change_current',
  /** Carries the link for the mailbox it shall have (`email_change_new`); payload: `new_email`. */
  'email_change_new',
  /** Carries a code (`reauthentication`). */
  'reauthentication',
  'password_changed',
  /** To the old address and to the new one; payload: `old`, `new`. */
  'email_changed',
  /** Payload: `label` of the factor. */
  'mfa_enrolled',
  'mfa_removed',
  /** Payload: `remaining` codes. */
  'recovery_code_used',
  /** Payload: `label` of the device, `time`. */
  'new_device',
] as const;
export type AccountMail = (typeof accountMails)[number];

type Mail = {
  userId: string;
  email: string;
  name: string;
  template: AccountMail;
  /** Facts for the text; never a secret. */
  payload?: Record<string, string | number>;
  /** The event's own name, where one request tells of several or several requests of one. */
  dedupe?: string;
};

/** Puts one mail into the queue; the same event is told once. */
export async function queueMail(
  { requestId }: { requestId: string },
  tx: Tx,
  { userId, email, name, template, payload = {}, dedupe = requestId }: Mail,
): Promise<void> {
  await tx.query(
    `insert into email_queue (user_id, template_key, recipient_email, recipient_name, payload, dedupe_key)
     values ($1, $2, $3, $4, $5, $6) on conflict (dedupe_key) do nothing`,
    [userId, template, email, name, JSON.stringify(payload), `${template}:${dedupe}`],
  );
}

/** A mail to the person's own present address. */
export async function tellPerson(
  call: { requestId: string },
  tx: Tx,
  userId: string,
  mail: Pick<Mail, 'template' | 'payload' | 'dedupe'>,
): Promise<void> {
  const { rows } = await tx.query<{ email: string; name: string }>(
    'select email::text, full_name as name from users where id = $1 and not is_deleted',
    [userId],
  );
  if (rows[0]) await queueMail(call, tx, { userId, ...rows[0], ...mail });
}
