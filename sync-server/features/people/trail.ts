import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';

/** What a person did, as `user_activity_logs` names it (workflows 0.5). */
export type Activity =
  | 'video_watched'
  | 'assignment_submitted'
  | 'assignment_reviewed'
  | 'assignment_approved'
  | 'assignment_declined'
  | 'profile_updated'
  | 'onboarding_completed'
  | 'support_ticket_created'
  | 'support_ticket_replied'
  | 'session_attended'
  | 'message_sent';

export async function logActivity(
  tx: Tx,
  { serverKey }: Pick<Deps, 'serverKey'>,
  entry: { person: string; activity: Activity; reference?: string; details?: Record<string, unknown>; at: string },
): Promise<void> {
  await tx.query('select server_log_activity($1, $2, $3, $4, $5::jsonb, $6)', [
    serverKey,
    entry.person,
    entry.activity,
    entry.reference ?? null,
    JSON.stringify(entry.details ?? {}),
    entry.at,
  ]);
}

/** One line of the audit trail, in this transaction; `data` holds before and after, never a secret. */
export async function writeAudit(
  tx: Tx,
  { serverKey }: Pick<Deps, 'serverKey'>,
  entry: {
    actor: string | null;
    entity: string;
    id: string;
    action: string;
    about: string | null;
    summary: string;
    data?: Record<string, unknown>;
    /** Id of the request that caused it. */
    request?: string;
  },
): Promise<void> {
  await tx.query('select server_audit($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)', [
    serverKey,
    entry.actor,
    entry.entity,
    entry.id,
    entry.action,
    entry.about,
    entry.summary,
    JSON.stringify(entry.data ?? {}),
    entry.request ?? null,
  ]);
}
