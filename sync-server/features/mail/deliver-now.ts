import { setTimeout as sleep } from 'node:timers/promises';
import type { MailOutcome } from '#contract/api/accounts.ts';
import type { Deps } from '../../deps.ts';
import { dispatchMail } from './dispatch.ts';

/** An operation that reports its mail waits for it no longer than this (workflows 0.4). */
const patienceMs = 10_000;

/**
 * Sends one queued mail at once and says what became of it; call it after the commit. A mail that takes long, fails for now, or has no
 * service to go by is `queued`.
 */
export async function deliverNow(deps: Deps, dedupe: string): Promise<MailOutcome> {
  const { rows } = await deps.server.query<{ id: string }>('select id from email_queue where dedupe_key = $1', [
    dedupe,
  ]);
  const only = rows[0]?.id;
  if (!only) return { status: 'failed', reason: 'It was not queued.' };
  const sending = dispatchMail(deps, { bulk: false, only }).then(({ configured }) =>
    configured ? 'tried' : 'not_configured',
  );
  const outcome = await Promise.race([sending, sleep(patienceMs, 'slow' as const, { ref: false })]).catch(
    (error: unknown) => {
      // The queue has it still; whoever called has done its work and need not fail for this.
      deps.log.error({ err: error }, 'a mail could not be sent at once');
      return 'slow' as const;
    },
  );
  if (outcome !== 'tried') {
    // A try that goes on ends on its own.
    void sending.catch((error: unknown) => deps.log.error({ err: error }, 'a mail could not be sent'));
    return outcome === 'slow' ? { status: 'queued' } : { status: 'queued', reason: 'not_configured' };
  }
  return readOutcome(deps, only);
}

async function readOutcome({ server }: Deps, id: string): Promise<MailOutcome> {
  const { rows } = await server.query<{ status: string; error_message: string | null }>(
    'select status, error_message from email_queue where id = $1',
    [id],
  );
  const { status, error_message } = rows[0]!;
  const reason = error_message ? { reason: error_message } : {};
  if (status === 'sent') return { status: 'sent' };
  return status === 'pending' || status === 'sending'
    ? { status: 'queued', ...reason }
    : { status: 'failed', ...reason };
}
