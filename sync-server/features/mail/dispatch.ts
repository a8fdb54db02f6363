import { setTimeout as sleep } from 'node:timers/promises';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { JobCounts } from '../../jobs/define-job.ts';
import { notify } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';
import { composeMail, type Company } from './compose.ts';
import {
  claimMail,
  giveUpLost,
  markCancelled,
  markFailed,
  markSent,
  markUndeliverable,
  putOff,
  type ClaimedMail,
  type Selection,
} from './mail-queue.ts';
import { openSender, readFrom } from './open-sender.ts';
import { MailFailure, type FailureKind, type MailSender, type OutgoingMail } from './sender.ts';

export type Dispatch = JobCounts & {
  /** False where no mail service is configured: everything waits. */
  configured: boolean;
};

/** Longest that one run goes on; what is left is the next one's. */
const windowMs = 10 * 60_000;

/**
 * Sends what is due, one mail after another (workflows 3.22): at most six tries each, growing waits between them, each outcome in a
 * transaction of its own with its audit line. Several processes may do this at once.
 */
export async function dispatchMail(deps: Deps, selection: Selection): Promise<Dispatch> {
  const counts: Dispatch = { selected: 0, done: 0, skipped: 0, failed: 0, configured: true };
  const sender = openSender(deps.config);
  if (!sender) return { ...counts, configured: false };
  try {
    for (const id of await giveUpLost(deps.server, deps.clock.now())) await reportLost(deps, id);
    const end = performance.now() + windowMs;
    for (let mail = await next(deps, selection); mail; mail = await next(deps, selection)) {
      counts.selected++;
      const outcome = await sendOne(deps, sender, mail);
      if (outcome === 'sent') counts.done++;
      else if (outcome === 'cancelled') counts.skipped++;
      else counts.failed++;
      if (selection.only || outcome === 'stopped' || performance.now() > end) break;
      await sleep(sender.pause);
    }
  } finally {
    sender.close();
  }
  return counts;
}

const next = ({ server, clock }: Deps, selection: Selection) => claimMail(server, clock.now(), selection);

/** `stopped`: nothing else can leave either. */
type Outcome = 'sent' | 'cancelled' | 'failed' | 'stopped';

async function sendOne(deps: Deps, sender: MailSender, mail: ClaimedMail): Promise<Outcome> {
  try {
    const company = await readCompany(deps);
    // Committed before the mail leaves, so that the link in it works when it arrives.
    const outgoing = await asServer(deps.server, (tx) => composeMail(tx, deps, mail, company));
    if (!outgoing) {
      await asServer(deps.server, (tx) => markCancelled(tx, mail.id));
      return 'cancelled';
    }
    return await hand(deps, sender, mail, outgoing, company);
  } catch (error) {
    const failure = error instanceof MailFailure ? error : unexpected(deps, error);
    return settleFailure(deps, sender, mail, failure);
  }
}

async function hand(
  deps: Deps,
  sender: MailSender,
  mail: ClaimedMail,
  outgoing: OutgoingMail,
  company: Company,
): Promise<Outcome> {
  const providerId = await sender.send(outgoing, readFrom(deps.config.MAIL_FROM!, company.name));
  await asServer(deps.server, async (tx) => {
    await markSent(tx, mail.id, { provider: sender.name, providerId, at: deps.clock.now() });
    await auditMail(tx, deps, mail, 'mail.sent', { provider: sender.name });
  });
  return 'sent';
}

async function readCompany({ server }: Deps): Promise<Company> {
  const { rows } = await server.query<Company>(
    'select company_name as name, contact_email as contact from company_settings',
  );
  return rows[0] ?? { name: 'Growth OS', contact: '' };
}

/** A mistake of ours, or the database's: the mail waits for a better moment and the log says why. */
function unexpected({ log }: Deps, error: unknown): MailFailure {
  log.error({ err: error }, 'a mail could not be written');
  return new MailFailure('retry', 'It could not be written; the log says why.', { cause: error });
}

const stops: ReadonlySet<FailureKind> = new Set(['misconfigured', 'paused']);

async function settleFailure(
  deps: Deps,
  sender: MailSender,
  mail: ClaimedMail,
  failure: MailFailure,
): Promise<Outcome> {
  const now = deps.clock.now();
  const { kind, message, until } = failure;
  const again = await asServer(deps.server, async (tx) => {
    const retryAt = await markFailed(tx, mail, { kind, message, until, provider: sender.name }, now);
    if (kind === 'bounced') await markUndeliverable(tx, mail.recipient_email);
    const next_try = retryAt?.toISOString() ?? null;
    await auditMail(tx, deps, mail, retryAt ? 'mail.retry' : 'mail.failed', { kind, next_try });
    if (!retryAt || kind === 'misconfigured') await tellStaff(tx, deps, mail, message, now);
    return retryAt;
  });
  if (!stops.has(kind)) return 'failed';
  if (again) await putOff(deps.server, again);
  return 'stopped';
}

async function reportLost(deps: Deps, id: string): Promise<void> {
  await asServer(deps.server, async (tx) => {
    const { rows } = await tx.query<ClaimedMail>('select * from email_queue where id = $1', [id]);
    await auditMail(tx, deps, rows[0]!, 'mail.failed', { kind: 'lost' });
    await tellStaff(tx, deps, rows[0]!, 'The last try did not end.', deps.clock.now());
  });
}

/** Without the address: the trail is for ever. */
function auditMail(
  tx: Tx,
  deps: Deps,
  mail: Pick<ClaimedMail, 'id' | 'user_id' | 'template_key' | 'retry_count'>,
  action: 'mail.sent' | 'mail.retry' | 'mail.failed',
  data: Record<string, unknown>,
): Promise<void> {
  return writeAudit(tx, deps, {
    actor: null,
    entity: 'email_queue',
    id: mail.id,
    action,
    about: mail.user_id,
    summary: '',
    data: { template: mail.template_key, attempt: mail.retry_count, ...data },
  });
}

/** Once a day and template, not once a mail. */
async function tellStaff(
  tx: Tx,
  deps: Deps,
  mail: Pick<ClaimedMail, 'template_key'>,
  message: string,
  now: Date,
): Promise<void> {
  const { rows } = await tx.query<{ id: string }>('select server_staff($1) as id', [deps.serverKey]);
  for (const { id } of rows)
    await notify(tx, deps, {
      template: 'delivery_problem',
      to: id,
      fields: { template: mail.template_key, problem: message },
      link: 'operations',
      dedupe: `delivery_problem:${mail.template_key}:${now.toISOString().slice(0, 10)}:${id}`,
    });
}
