import type { RecoveryCounts } from '#contract/api/care.ts';
import { calendarDay } from '#contract/rules/dates.ts';
import { nextRecoveryStep, type RecoveryStep } from '#contract/rules/recovery.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { notify, type Message } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';
import { readSilentStudents, type SilentStudent } from './recovery-facts.ts';
import { sendAttempt, settleDelivery } from './recovery-messages.ts';

export type RecoveryRun = {
  /** Null: everybody. */
  only: readonly string[] | null;
  dryRun: boolean;
  /** Whoever asked for it; null = the clock. */
  actor: string | null;
};
type Settings = { thresholdDays: number; timeZone: string };

/**
 * One look at everybody who went silent (workflows 3.24), each in a transaction of their own, and the day's line of what it came
 * to. Depends on the state alone: a second run of a day only finds what changed.
 */
export async function checkRecovery(deps: Deps, run: RecoveryRun): Promise<RecoveryCounts> {
  const counts: RecoveryCounts = {
    students_checked: 0,
    newly_inactive: 0,
    sent: 0,
    failed: 0,
    recovered: 0,
    still_inactive: 0,
    churned: 0,
  };
  if (!run.dryRun) counts.failed += await asServer(deps.server, (tx) => settleDelivery(tx, deps));
  const settings = await readSettings(deps);
  for (const { id } of await readSilentStudents(deps.server, run.only)) {
    counts.students_checked++;
    await asServer(deps.server, (tx) => look(tx, deps, id, settings, run, counts)).catch((error: unknown) => {
      deps.log.error({ err: error, student: id }, 'a recovery check failed');
      counts.failed++;
    });
  }
  if (!run.dryRun) await asServer(deps.server, (tx) => keep(tx, deps, settings, run, counts));
  return counts;
}

async function readSettings({ server }: Deps): Promise<Settings> {
  const { rows } = await server.query<Settings>(
    'select recovery_inactivity_days as "thresholdDays", timezone as "timeZone" from company_settings',
  );
  return rows[0]!;
}

async function look(
  tx: Tx,
  deps: Deps,
  id: string,
  settings: Settings,
  { dryRun }: RecoveryRun,
  counts: RecoveryCounts,
): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('recovery:' || $1, 0))", [id]);
  const [student] = await readSilentStudents(tx, [id]);
  if (!student) return;
  const step = nextRecoveryStep(student, { now: deps.clock.now().toISOString(), ...settings });
  const took = dryRun || (await take(tx, deps, student, step));
  count(counts, student, step, took);
}

function count(counts: RecoveryCounts, student: SilentStudent, step: RecoveryStep, took: boolean): void {
  if (step.kind === 'message') {
    if (step.attempt === 1) counts.newly_inactive++;
    counts[took ? 'sent' : 'failed']++;
  } else if (step.kind === 'recovered') counts.recovered++;
  else if (step.kind === 'churn') counts.churned++;
  else if (student.attempts.some(({ message_status: status }) => ['pending', 'sent', 'failed'].includes(status)))
    counts.still_inactive++;
}

const open = "message_status in ('pending', 'sent', 'failed')";

/** Carries a step out; false where a message found nobody to take it. */
async function take(tx: Tx, deps: Deps, student: SilentStudent, step: RecoveryStep): Promise<boolean> {
  const now = deps.clock.now();
  const cycle = [student.id, student.recovery_cycle];
  const tell = (template: 'recovery_escalation' | 'student_churned', days: number) =>
    tellTeam(tx, deps, student, {
      template,
      fields: { student_name: student.name, days },
      link: `student/${student.id}`,
      dedupe: `${template}:${student.id}:${student.recovery_cycle}`,
    });
  switch (step.kind) {
    case 'nothing':
      return true;
    case 'message':
      return sendAttempt(tx, deps, student, step);
    case 'cancel':
      await tx.query(
        `update student_recovery_messages set message_status = 'cancelled' where student_id = $1 and recovery_cycle = $2 and ${open}`,
        cycle,
      );
      return true;
    case 'recovered':
      await tx.query(
        `update student_recovery_messages set message_status = 'recovered', recovered_at = $3, recovery_successful = $4, close_cause = $5
         where student_id = $1 and recovery_cycle = $2 and (${open} or message_status = 'churned')`,
        [...cycle, now, step.successful, step.cause],
      );
      await tx.query('update students set churned_at = null where id = $1 and churned_at is not null', [student.id]);
      return true;
    case 'escalate':
      await tx.query(
        'update student_recovery_messages set escalated_at = $3 where student_id = $1 and recovery_cycle = $2 and attempt = 1',
        [...cycle, now],
      );
      await tell('recovery_escalation', step.days);
      return true;
    case 'churn':
      await tx.query(
        `update student_recovery_messages set message_status = 'churned' where student_id = $1 and recovery_cycle = $2 and ${open}`,
        cycle,
      );
      await tx.query('update students set churned_at = $2 where id = $1', [student.id, now]);
      await tell('student_churned', step.days);
      return true;
  }
}

/** Admins and the student's mentor. */
async function tellTeam(tx: Tx, deps: Deps, student: SilentStudent, message: Omit<Message, 'to'>): Promise<void> {
  const { rows } = await tx.query<{ id: string }>('select server_staff($1) as id', [deps.serverKey]);
  const team = new Set([...rows.map(({ id }) => id), ...(student.mentor_id ? [student.mentor_id] : [])]);
  for (const to of team) await notify(tx, deps, { ...message, to, dedupe: `${message.dedupe}:${to}` });
}

/** The day's line: what happened adds up over the runs of a day, how it stands is that of the last one. */
async function keep(
  tx: Tx,
  deps: Deps,
  { timeZone }: Settings,
  run: RecoveryRun,
  counts: RecoveryCounts,
): Promise<void> {
  const now = deps.clock.now();
  const { rows } = await tx.query<{ id: string }>(
    `insert into student_recovery_checks as c (check_date, students_checked, newly_inactive, sent, failed, recovered, still_inactive, churned, check_completed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (check_date) do update set students_checked = greatest(c.students_checked, excluded.students_checked),
       newly_inactive = c.newly_inactive + excluded.newly_inactive, sent = c.sent + excluded.sent, failed = c.failed + excluded.failed,
       recovered = c.recovered + excluded.recovered, churned = c.churned + excluded.churned,
       still_inactive = case when $10 then c.still_inactive else excluded.still_inactive end, check_completed_at = excluded.check_completed_at
     returning id`,
    [
      calendarDay(now.toISOString(), timeZone),
      ...[counts.students_checked, counts.newly_inactive, counts.sent, counts.failed, counts.recovered],
      ...[counts.still_inactive, counts.churned, now, run.only !== null],
    ],
  );
  await writeAudit(tx, deps, {
    actor: run.actor,
    entity: 'recovery_check',
    id: rows[0]!.id,
    action: 'recovery_checked',
    about: null,
    summary: `${counts.sent} messages, ${counts.recovered} recovered`,
    data: counts,
  });
}
