import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { notify, queueOutside, type Message } from '../notifications/index.ts';
import type { TicketFacts } from './facts.ts';

type Parts = Pick<Deps, 'serverKey'>;
type Said = Pick<Message, 'template' | 'fields'> & { dedupe: string };

/** Longer texts are read in the ticket. */
export const excerptOf = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199)}…`);

/** What every notice about a ticket may name. */
export const wordsOf = (ticket: TicketFacts): Message['fields'] => ({
  number: ticket.ticket_number ?? '',
  title: ticket.title,
  student_name: ticket.student_name,
  priority: ticket.priority,
});

/** Tells one person; `mail` names the letter that goes with it. */
export async function tell(
  tx: Tx,
  parts: Parts,
  to: string,
  ticket: TicketFacts,
  { template, fields, dedupe }: Said,
  mail?: Message['template'],
): Promise<void> {
  const message = {
    to,
    fields: { ...wordsOf(ticket), ...fields },
    link: `ticket/${ticket.id}`,
    dedupe: `${dedupe}:${to}`,
  };
  await notify(tx, parts, { template, ...message });
  if (mail) await queueOutside(tx, parts, { template: mail, ...message });
}

/** Tells whoever of the team has the ticket: the assignee, else the staff. Whoever wrote it himself is passed over. */
export async function tellTeam(
  tx: Tx,
  parts: Parts,
  ticket: TicketFacts,
  said: Said,
  except: string,
  mail?: Message['template'],
): Promise<void> {
  const { rows } = await tx.query<{ id: string }>('select server_ticket_team($1, $2) as id', [
    parts.serverKey,
    ticket.id,
  ]);
  for (const { id } of rows) if (id !== except) await tell(tx, parts, id, ticket, said, mail);
}
