import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { projectOf } from '../../http/supabase-project.ts';
import { objectKey, openStorage } from '../files/index.ts';
import { mintMailSecret, publicUrl, type MailSecret } from '../identity/index.ts';
import { accountTemplates, type MailTemplate } from './account-templates.ts';
import type { ClaimedMail } from './mail-queue.ts';
import { fillMail, toHtml, type Draft, type Words } from './render.ts';
import { MailFailure, type OutgoingMail } from './sender.ts';

export type Company = { name: string; contact: string };

/** Writes a claimed mail: the stored text, or that of its template with a fresh link. Null where it must not go out any more. */
export async function composeMail(
  tx: Tx,
  deps: Deps,
  mail: ClaimedMail,
  company: Company,
): Promise<OutgoingMail | null> {
  const secret = mail.user_id === null ? null : await mintFor(tx, deps, mail, mail.user_id);
  if (secret === 'void') return null;
  const link = secret && 'token' in secret ? linkTo(deps, secret) : undefined;
  const draft = await readDraft(tx, mail, company, { secret, link });
  if (!draft) throw new MailFailure('refused', `There is no text for ${mail.template_key}.`);
  // What is stored names no secret: those who read the queue see that there was one.
  if (mail.body === null && !secret) await keepDraft(tx, mail.id, draft);
  return {
    id: mail.id,
    idempotencyKey: secret ? `${mail.id}:${mail.retry_count}` : mail.id,
    to: { address: mail.recipient_email, name: mail.recipient_name },
    cc: (mail.cc ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one.includes('@')),
    ...draft,
    html: toHtml(draft.text, { company: company.name, ...(link ? { link } : {}) }),
    attachments: await readAttachments(tx, deps, mail.file_ids),
    template: mail.template_key,
  };
}

const mintFor = (tx: Tx, { config, clock }: Deps, mail: ClaimedMail, userId: string) =>
  mintMailSecret(
    tx,
    { template: mail.template_key, userId, recipient: mail.recipient_email },
    clock.now(),
    projectOf(config),
  );

/** Into the app, where a press of a button uses the link: programs that look at links in mails would use up any other. */
function linkTo({ config }: Deps, { token, type }: Extract<MailSecret, { token: string }>): string {
  return `${publicUrl(config).replace(/\/$/, '')}/#/link/${type}/${token}`;
}

async function readDraft(
  tx: Tx,
  mail: ClaimedMail,
  company: Company,
  { secret, link }: { secret: MailSecret | null; link: string | undefined },
): Promise<Draft | null> {
  if (mail.subject !== null && mail.body !== null) return { subject: mail.subject, text: mail.body };
  const template = await findTemplate(tx, mail.template_key);
  if (!template) return null;
  const words: Words = {
    name: mail.recipient_name,
    company: company.name,
    contact: company.contact,
    ...asWords(mail.payload),
    ...(link ? { link } : {}),
    ...(secret ? asWords(secret) : {}),
  };
  return fillMail(template, words);
}

const asWords = (facts: Readonly<Record<string, unknown>>): Words =>
  Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
      .map(([name, value]) => [name, String(value)]),
  );

/** The academy's own words, else those the program ships. */
async function findTemplate(tx: Tx, key: string): Promise<MailTemplate | null> {
  const { rows } = await tx.query<MailTemplate>(
    `select title_md as subject, body_md as body from notification_templates
     where key = $1 and channel = 'email' and language = 'en' and active and not is_deleted`,
    [key],
  );
  return rows[0] ?? accountTemplates[key] ?? null;
}

async function keepDraft(tx: Tx, id: string, { subject, text }: Draft): Promise<void> {
  await tx.query('update email_queue set subject = $2, body = $3 where id = $1', [id, subject, text]);
}

async function readAttachments(tx: Tx, deps: Deps, ids: readonly string[]): Promise<OutgoingMail['attachments']> {
  if (ids.length === 0) return [];
  const { objects } = openStorage(deps);
  const { rows } = await tx.query<{ id: string; bucket: string; original_name: string; mime: string }>(
    `select id, bucket, original_name, mime from files where id = any($1) and status = 'ready' and not is_deleted order by created_at, id`,
    [ids],
  );
  const read = async (key: string): Promise<Buffer> => Buffer.concat((await objects.read(key).toArray()) as Buffer[]);
  return Promise.all(
    rows.map(async ({ id, bucket, original_name, mime }) => ({
      name: original_name,
      mime,
      content: await read(objectKey(bucket, id)),
    })),
  );
}
