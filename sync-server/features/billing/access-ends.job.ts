import { z } from 'zod';
import { calendarDay } from '#contract/rules/dates.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { JobCounts } from '../../jobs/define-job.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { eachRow } from '../../jobs/each-row.ts';
import { liftSuspensions, openSuspension, settleAccess } from '../access/index.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { readBillingFacts } from './facts.ts';
import { lockMoney } from './invoices.ts';

type Ending = { id: string; student_id: string; access_expires_at: string; course: string; name: string };
const dayMilliseconds = 86_400_000;
/** Days before the end on which the student is warned. */
const warnings = [1, 7];

/**
 * Hourly: warns before an access ends, and closes the account with the cause `expired` once no other enrolment gives access
 * (workflows 4.3). Where one does again, the cause is lifted.
 */
export const watchAccessEnds = defineJob({
  name: 'billing.watch-access-ends',
  payload: z.unknown(),
  schedule: '10 * * * *',
  canRunDry: true,
  run: async (_, deps, how) => {
    const ending = await findEnding(deps);
    const back = await findBack(deps);
    return sum(
      await eachRow(deps, ending, (tx, one) => deal(tx, deps, one), how),
      await eachRow(deps, back, (tx, student) => reopen(tx, deps, student), how),
    );
  },
});

const sum = (a: JobCounts, b: JobCounts): JobCounts => ({
  selected: a.selected + b.selected,
  done: a.done + b.done,
  skipped: a.skipped + b.skipped,
  failed: a.failed + b.failed,
});

/** Whether student `$1` has an enrolment that gives access at `$2`. */
const hasAccess = `exists (select from course_enrollments o where o.student_id = $1 and not o.is_deleted
  and o.status in ('active', 'completed') and (o.access_expires_at is null or o.access_expires_at > $2))`;

/** Enrolments that end within a week, or have ended lately or as the last one, and were not dealt with yet. */
async function findEnding({ server, clock }: Deps): Promise<Ending[]> {
  const { rows } = await server.query<Ending>(
    `select e.id, e.student_id, e.access_expires_at, u.full_name as name, coalesce(p.name, c.title) as course
     from course_enrollments e join users u on u.id = e.student_id
     left join courses c on c.id = e.course_id left join learning_pathways p on p.id = e.pathway_id
     where e.status in ('active', 'completed') and not e.is_deleted and u.status = 'active'
       and e.access_expires_at <= $1::timestamptz + interval '7 days'
       and (e.access_expires_at > $1::timestamptz - interval '2 days'
         or not ${hasAccess.replace('$1', 'e.student_id').replace('$2', '$1')})
       and not exists (select from suspensions s where s.user_id = e.student_id and s.cause = 'expired'
                         and s.ref_id = e.id and s.lifted_at is null)
     order by e.access_expires_at, e.id`,
    [clock.now()],
  );
  return rows;
}

async function deal(tx: Tx, deps: Deps, ending: Ending): Promise<boolean> {
  await lockMoney(tx, ending.student_id);
  const now = deps.clock.now();
  const left = Date.parse(ending.access_expires_at) - now.getTime();
  if (left > 0)
    return tell(
      tx,
      deps,
      ending,
      warnings.find((days) => left <= days * dayMilliseconds)!,
    );
  const told = await tell(tx, deps, ending, 0);
  const { rows } = await tx.query<{ other: boolean }>(`select ${hasAccess} as other`, [ending.student_id, now]);
  if (rows[0]!.other) return told;
  await openSuspension(tx, deps, { student: ending.student_id, cause: 'expired', reference: ending.id }, null);
  await settleAccess(tx, deps, ending.student_id, { actor: null });
  return true;
}

/** Once per step and end. Answers whether it was news. */
async function tell(tx: Tx, deps: Deps, ending: Ending, days: number): Promise<boolean> {
  const facts = await readBillingFacts(tx);
  const fields = {
    name: ending.name,
    course: ending.course,
    date: calendarDay(ending.access_expires_at, facts.timezone),
    contact: facts.contact,
    days,
  };
  const template = days === 0 ? 'access_expired' : 'access_expiring';
  const dedupe = `${template}:${ending.id}:${ending.access_expires_at}:${days}`;
  const known = await tx.query('select from notifications where dedupe_key = $1', [dedupe]);
  if (known.rowCount) return false;
  const message = { template, to: ending.student_id, fields, link: 'billing', dedupe } as const;
  await notify(tx, deps, message);
  await queueOutside(tx, deps, message);
  return true;
}

/** Students whose account is closed as expired although an enrolment gives access again. */
async function findBack({ server, clock }: Deps): Promise<string[]> {
  const { rows } = await server.query<{ user_id: string }>(
    `select distinct s.user_id from suspensions s where s.cause = 'expired' and s.lifted_at is null
       and ${hasAccess.replace('$1', 's.user_id').replace('$2', '$1')}`,
    [clock.now()],
  );
  return rows.map(({ user_id }) => user_id);
}

async function reopen(tx: Tx, deps: Deps, student: string): Promise<boolean> {
  await lockMoney(tx, student);
  const lifted = await liftSuspensions(tx, deps, student, { cause: 'expired' }, null);
  if (lifted > 0) await settleAccess(tx, deps, student, { actor: null });
  return lifted > 0;
}
