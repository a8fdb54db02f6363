import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { Template } from './template.ts';
import { fill, templateKeys, templates, type Fields, type TemplateName } from './templates.ts';

export type Message = {
  template: TemplateName;
  /** Who receives it; the person whose transaction this is never hears of the own act, unless `ofOwnAct`. */
  to: string;
  /** True where also the person who caused it is told: a milestone reached is news to whoever reached it. */
  ofOwnAct?: boolean;
  fields: Fields;
  /** Where a click leads, from the link table of screens 1.6: `lesson/<id>`, `assignment/<id>`, `review/<submission id>`. */
  link: string;
  /** The event's own name: the same event never speaks twice, whatever is retried. */
  dedupe: string;
};

/** How the mail of a message goes out. */
export type Mailing = {
  /** `bulk` waits for the run of the afternoon (workflows 3.22). */
  priority?: 'immediate' | 'bulk';
  /** Further addresses, separated by commas. */
  copies?: string | null;
  /** Files that are attached. */
  fileIds?: readonly string[];
};

/** Puts a line into somebody's inbox, in this transaction; skipped when muted, said before, or the own act. */
export async function notify(tx: Tx, { serverKey }: Pick<Deps, 'serverKey'>, message: Message): Promise<void> {
  const { title, body } = templates[message.template];
  await tx.query('select server_notify($1, $2, $3, $4, $5, $6::jsonb, $7, $8)', [
    serverKey,
    message.to,
    templateKeys[message.template],
    fill(title, message.fields),
    fill(body, message.fields),
    JSON.stringify({ link: message.link, ...message.fields }),
    message.dedupe,
    message.ofOwnAct ?? false,
  ]);
}

/** Queues the mail and the WhatsApp message that belong to a template, where it has them; a job sends them. */
export async function queueOutside(
  tx: Tx,
  { serverKey }: Pick<Deps, 'serverKey'>,
  message: Message,
  { priority = 'immediate', copies = null, fileIds = [] }: Mailing = {},
): Promise<void> {
  const template: Template = templates[message.template];
  const key = templateKeys[message.template];
  const payload = { link: message.link, text: message.template, ...message.fields };
  if (template.email) {
    await tx.query('select server_queue_email($1, $2, $3, $4::jsonb, $5, $6, $7, $8)', [
      serverKey,
      message.to,
      key,
      JSON.stringify({
        ...payload,
        subject: fill(template.email.subject, message.fields),
        body: fill(template.email.body, message.fields),
      }),
      `${message.dedupe}:email`,
      priority,
      copies,
      fileIds,
    ]);
  }
  if (template.whatsapp) {
    await tx.query('select server_queue_whatsapp($1, $2, $3, $4::jsonb, $5)', [
      serverKey,
      message.to,
      template.whatsapp,
      JSON.stringify(payload),
      `${message.dedupe}:whatsapp`,
    ]);
  }
}
