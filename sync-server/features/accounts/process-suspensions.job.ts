import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { writeAudit } from '../people/index.ts';
import { liftSuspensions, openSuspension, settleAccess } from '../access/index.ts';

const atMost = 500;
const system = { actor: null };

/**
 * Opens planned suspensions whose time came and lifts those whose end came (workflows 4.3). Each student in a transaction of
 * their own; one that fails is logged, stays as it is and comes again with the next run.
 */
export const processSuspensions = defineJob({
  name: 'accounts.process-suspensions',
  payload: z.unknown(),
  schedule: '*/15 * * * *',
  run: async (_, deps) => {
    const failures = [
      ...(await each(deps, await findPlanned(deps), openPlanned)),
      ...(await each(deps, await findOver(deps), lift)),
    ];
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} suspensions could not be processed`);
  },
});

type Planned = { id: string; student_id: string; reason: string | null; ends_at: string | null };
type Over = { student: string; suspension: string };

async function each<T>(
  deps: Deps,
  list: readonly T[],
  work: (deps: Deps, item: T) => Promise<void>,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const item of list) await work(deps, item).catch((error: unknown) => failures.push(error));
  return failures;
}

async function findPlanned({ server, clock }: Deps): Promise<Planned[]> {
  const { rows } = await server.query<Planned>(
    `select id, student_id, reason, auto_unsuspend_date as ends_at from scheduled_suspensions
     where status = 'active' and not is_deleted and schedule_suspend_date <= $1 order by schedule_suspend_date limit $2`,
    [clock.now(), atMost],
  );
  return rows;
}

async function findOver({ server, serverKey, clock }: Deps): Promise<Over[]> {
  const { rows } = await server.query<Over>('select student, suspension from server_suspensions_over($1, $2, $3)', [
    serverKey,
    clock.now(),
    atMost,
  ]);
  return rows;
}

async function openPlanned(deps: Deps, { id, student_id, reason, ends_at }: Planned): Promise<void> {
  await asServer(deps.server, async (tx) => {
    // Another process, or a cancellation, may have been quicker.
    const { rowCount } = await tx.query(
      `update scheduled_suspensions set status = 'executed', executed_at = $2 where id = $1 and status = 'active'`,
      [id, deps.clock.now()],
    );
    if (!rowCount) return;
    const opened = { student: student_id, cause: 'scheduled', reference: id, endsAt: ends_at } as const;
    await openSuspension(tx, deps, reason ? { ...opened, reason } : opened, null);
    await settleAccess(tx, deps, student_id, system);
  });
}

async function lift(deps: Deps, { student, suspension }: Over): Promise<void> {
  await asServer(deps.server, async (tx) => {
    if ((await liftSuspensions(tx, deps, student, { suspension }, null)) === 0) return;
    await tx.query(
      `update scheduled_suspensions p set status = 'lifted' from suspensions s where s.id = $1 and p.id = s.ref_id and s.cause = 'scheduled'`,
      [suspension],
    );
    const entry = { entity: 'student', id: student, action: 'lms_activated', about: student };
    await writeAudit(tx, deps, {
      actor: null,
      ...entry,
      summary: 'Its end had come.',
      data: { suspension_id: suspension },
    });
    await settleAccess(tx, deps, student, system);
  });
}
