import { quietUntil } from '#contract/rules/quiet-hours.ts';
import type { Config } from '../../config.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { JobCounts } from '../../jobs/define-job.ts';
import { writeAudit } from '../people/index.ts';
import { CloudFailure, sendTemplate, type CloudSettings } from './cloud-api.ts';
import { claimMessage, giveUpLost, markFailed, markSent, putBack, type ClaimedMessage } from './message-queue.ts';
import { fillPlaces } from './message-templates.ts';

export type Dispatch = JobCounts & {
  /** False where no service is configured: everything waits. */
  configured: boolean;
};

/** Meta's Cloud API as the configuration names it, null when it does not. */
export const readCloud = ({
  WHATSAPP_URL: url,
  WHATSAPP_VERSION: version,
  WHATSAPP_PHONE_NUMBER_ID: phoneNumberId,
  WHATSAPP_TOKEN: token,
}: Config): CloudSettings | null => (phoneNumberId && token ? { url, version, phoneNumberId, token } : null);

/** Sends what is due, outside of quiet hours, to those who still want it. Several processes may do this at once. */
export async function dispatchWhatsapp(deps: Deps): Promise<Dispatch> {
  const counts: Dispatch = { selected: 0, done: 0, skipped: 0, failed: 0, configured: true };
  const cloud = readCloud(deps.config);
  if (!cloud) return { ...counts, configured: false };
  await giveUpLost(deps.server, deps.clock.now());
  for (let message = await next(deps); message; message = await next(deps)) {
    counts.selected++;
    const outcome = await sendOne(deps, cloud, message);
    if (outcome === 'sent') counts.done++;
    else if (outcome === 'put off') counts.skipped++;
    else counts.failed++;
    // Nothing else can leave either.
    if (outcome === 'stopped') break;
  }
  return counts;
}

const next = ({ server, clock }: Deps) => claimMessage(server, clock.now());
type Outcome = 'sent' | 'put off' | 'failed' | 'stopped';

async function sendOne(deps: Deps, cloud: CloudSettings, message: ClaimedMessage): Promise<Outcome> {
  const now = deps.clock.now();
  const until = quietUntil(message.quiet, now.toISOString(), message.timezone);
  if (until) {
    await asServer(deps.server, (tx) => putBack(tx, message.id, until));
    return 'put off';
  }
  try {
    await requireConsent(deps, message);
    const places = fillPlaces(message.template_key, message.payload);
    if (!places) throw new CloudFailure('refused', `No template is registered as ${message.template_key}.`);
    const wamid = await sendTemplate(cloud, {
      rowId: message.id,
      to: message.to_phone,
      template: message.template_key,
      language: message.language,
      places,
    });
    await asServer(deps.server, async (tx) => {
      await markSent(tx, message.id, wamid, deps.clock.now());
      await auditMessage(tx, deps, message, 'whatsapp.sent', {});
    });
    return 'sent';
  } catch (error) {
    if (!(error instanceof CloudFailure)) throw error;
    await asServer(deps.server, async (tx) => {
      await markFailed(tx, message, error, now);
      await auditMessage(tx, deps, message, 'whatsapp.failed', { kind: error.kind, code: error.code });
    });
    return error.kind === 'misconfigured' ? 'stopped' : 'failed';
  }
}

/** Whoever said stop between queueing and now is left alone. */
async function requireConsent({ server }: Deps, { user_id }: ClaimedMessage): Promise<void> {
  const { rowCount } = await server.query(
    `select from users u join notification_settings s on s.user_id = u.id
     where u.id = $1 and s.whatsapp_opt_in and u.erased_at is null and not u.is_deleted`,
    [user_id],
  );
  if (!rowCount) throw new CloudFailure('refused', 'The person does not want messages here.');
}

function auditMessage(
  tx: Tx,
  deps: Deps,
  { id, user_id, template_key, retry_count }: ClaimedMessage,
  action: 'whatsapp.sent' | 'whatsapp.failed',
  data: Record<string, unknown>,
): Promise<void> {
  return writeAudit(tx, deps, {
    actor: null,
    entity: 'whatsapp_queue',
    id,
    action,
    about: user_id,
    summary: '',
    data: { template: template_key, attempt: retry_count, ...data },
  });
}
