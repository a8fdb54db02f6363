import type { AccessState } from '#contract/api/accounts.ts';
import type { AccessCause } from '#contract/rules/access.ts';
import type { LmsStatus } from '#contract/tables/people.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { recomputeUnlocks } from '../learning/index.ts';
import { notify, queueOutside, type Message } from '../notifications/index.ts';

type Parts = Pick<Deps, 'serverKey' | 'clock'>;
/** Who causes a change of access; null = the system, by a job or a payment. */
export type Cause = { actor: string | null; requestId?: string };

export type OpenedCause = {
  student: string;
  cause: AccessCause;
  /** What it is about, such as an invoice; one cause may be open once per reference. */
  reference?: string;
  reason?: string;
  startsAt?: Date;
  endsAt?: string | null;
};

type Change = { before: LmsStatus; after: LmsStatus; reason: AccessCause | null; blocked: boolean };

/** Opens a cause; null when it is open already. Call `settleAccess` in the same transaction. */
export async function openSuspension(
  tx: Tx,
  deps: Parts,
  opened: OpenedCause,
  actor: string | null,
): Promise<string | null> {
  const { rows } = await tx.query<{ id: string | null }>(
    'select server_open_suspension($1, $2, $3, $4, $5, $6, $7, $8) as id',
    [
      deps.serverKey,
      opened.student,
      opened.cause,
      opened.reference ?? null,
      opened.reason ?? null,
      opened.startsAt ?? deps.clock.now(),
      opened.endsAt ?? null,
      actor,
    ],
  );
  return rows[0]!.id;
}

/** Lifts one suspension, or those of a cause (and reference); answers how many. Call `settleAccess` in the same transaction. */
export async function liftSuspensions(
  tx: Tx,
  deps: Parts,
  student: string,
  which: { suspension: string } | { cause: AccessCause; reference?: string },
  actor: string | null,
): Promise<number> {
  const one = 'suspension' in which;
  const { rows } = await tx.query<{ lifted: number }>(
    'select server_lift_suspensions($1, $2, $3, $4, $5, $6, $7) as lifted',
    [
      deps.serverKey,
      student,
      one ? which.suspension : null,
      one ? null : which.cause,
      one ? null : (which.reference ?? null),
      deps.clock.now(),
      actor,
    ],
  );
  return rows[0]!.lifted;
}

/**
 * To be called last in every transaction that changed a student's causes, enrolments or fees: brings the status in line, decides the
 * lessons anew and tells those who should know. Answers the change of the account, null where there was none.
 */
export async function settleAccess(
  tx: Tx,
  deps: Parts,
  student: string,
  { actor, requestId, announce = true }: Cause & { announce?: boolean },
): Promise<Change | null> {
  const { rows } = await tx.query<{ change: Change | null }>(
    'select server_recalc_lms_status($1, $2, $3, $4, $5) as change',
    [deps.serverKey, student, actor, deps.clock.now(), requestId ?? null],
  );
  const change = rows[0]!.change;
  await recomputeUnlocks(tx, deps, student, { announce });
  if (change) await tell(tx, deps, student, change, actor);
  return change;
}

const isOut = (status: LmsStatus): boolean => status === 'suspended' || status === 'refunded';

/** The student hears that the account was limited or restored; staff hear of what nobody of them did. */
async function tell(tx: Tx, deps: Parts, student: string, change: Change, actor: string | null): Promise<void> {
  if (isOut(change.before) === isOut(change.after)) return;
  const { rows } = await tx.query<{ name: string; contact: string; until: string | null }>(
    `select u.full_name as name, c.contact_email as contact,
       (select max(s.ends_at) from suspensions s where s.user_id = u.id and s.lifted_at is null and s.cause = $2) as until
     from users u, company_settings c where u.id = $1`,
    [student, change.reason],
  );
  const facts = rows[0];
  if (!facts) return;
  const out = isOut(change.after);
  const dedupe = `${out ? 'lms_suspended' : 'lms_activated'}:${student}:${deps.clock.now().toISOString()}`;
  const fields = { ...facts, until: facts.until?.slice(0, 10) ?? 'further notice', reason: change.reason ?? '' };
  const message: Message = {
    template: out ? 'lms_suspended' : 'lms_activated',
    to: student,
    fields,
    link: 'billing',
    dedupe,
  };
  await notify(tx, deps, message);
  await queueOutside(tx, deps, message);
  if (actor !== null || !out) return;
  const staff = await tx.query<{ id: string }>('select server_staff($1) as id', [deps.serverKey]);
  for (const { id } of staff.rows)
    await notify(tx, deps, {
      template: 'student_suspended',
      to: id,
      fields: { student_name: facts.name, reason: change.reason ?? '' },
      link: `student/${student}`,
      dedupe: `${dedupe}:${id}`,
    });
}

/** Where the student stands now, as a command answers it. */
export async function readAccess(tx: Tx, student: string): Promise<AccessState> {
  const { rows } = await tx.query<AccessState>(
    `select u.id as user_id, u.lms_status, u.lms_status_reason,
       array(select distinct s.cause from suspensions s where s.user_id = u.id and s.lifted_at is null and not s.is_deleted order by s.cause) as open_causes
     from users u where u.id = $1`,
    [student],
  );
  return rows[0]!;
}
