import type { FastifyInstance } from 'fastify';
import {
  jobsOfAdmins,
  jobStatusRequestSchema,
  jobStatusResponseSchema,
  runJobRequestSchema,
  runJobResponseSchema,
} from '#contract/api/jobs.ts';
import type { Actor } from '#contract/roles.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { addCommand, defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import type { Job } from '../../jobs/define-job.ts';
import { startRun, type RunResult } from '../../jobs/job-runs.ts';
import { writeAudit } from '../people/index.ts';

/** How long a caller is kept waiting for the end of a run. */
const patienceMs = 10_000;

const isOfAdmins = (name: string): boolean => (jobsOfAdmins as readonly string[]).includes(name);
const maySee = (actor: Actor, { name }: Job): boolean => actor.role === 'superadmin' || isOfAdmins(name);

/** `run-job` and `job-status` over every scheduled job of the program (workflows 3.41). */
export function jobCommands(app: FastifyInstance, deps: Deps, jobs: readonly Job[]): void {
  const scheduled = jobs.filter(({ schedule }) => schedule !== undefined);
  const find = (actor: Actor, name: string): Job => {
    const job = scheduled.find((one) => one.name === name && maySee(actor, one));
    if (!job) throw new AppError('NOT_FOUND', { message: 'There is no such job.' });
    return job;
  };

  const runJob = defineCommand({
    name: 'run-job',
    summary: 'Start a scheduled job now',
    input: runJobRequestSchema,
    output: runJobResponseSchema,
    roles: ['admin', 'superadmin'],
    writes: true,
    run: async ({ actor, now }, { job: name, dry_run: dryRun }) => {
      const job = find(actor, name);
      if (dryRun && !job.canRunDry) throw new AppError('INVALID_INPUT', { message: 'This job has no dry run.' });
      const started = await startRun(deps, job, { trigger: 'manual', scheduledFor: now, dryRun });
      if (!started) throw new AppError('IN_PROGRESS', { message: 'This job is running already.' });
      await asServer(deps.server, (tx) =>
        writeAudit(tx, deps, {
          actor: actor.id,
          entity: 'job_runs',
          id: started.id,
          action: 'job_run_manual',
          about: null,
          summary: `Started ${job.name}${dryRun ? ' as a dry run' : ''}`,
          data: { job: job.name, dry_run: dryRun },
        }),
      );
      const result = await endOf(started.finished);
      return {
        run_id: started.id,
        state: result?.state ?? ('running' as const),
        counts: { ...result?.counts },
        error: result?.error ?? null,
      };
    },
  });

  const jobStatus = defineCommand({
    name: 'job-status',
    summary: 'Scheduled jobs and their latest runs',
    input: jobStatusRequestSchema,
    output: jobStatusResponseSchema,
    roles: ['admin', 'superadmin'],
    writes: false,
    run: async ({ actor }, { job, limit }) => {
      const seen = job === undefined ? scheduled.filter((one) => maySee(actor, one)) : [find(actor, job)];
      const runs = await readRuns(deps, actor, seen, limit);
      return {
        jobs: seen.map(({ name, schedule, canRunDry }) => ({
          job: name,
          schedule: schedule!,
          can_run_dry: canRunDry === true,
          runs: runs.filter((run) => run.job === name).map(({ job: _, ...run }) => run),
        })),
      };
    },
  });

  addCommand(app, deps, runJob);
  addCommand(app, deps, jobStatus);
}

/** The end of a run, or undefined where it takes longer than a caller waits. */
async function endOf(finished: Promise<RunResult>): Promise<RunResult | undefined> {
  const patience = new AbortController();
  const late = new Promise<undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), patienceMs);
    patience.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([finished, late]);
  } finally {
    patience.abort();
  }
}

type Run = {
  job: string;
  run_id: string;
  scheduled_for: string;
  state: 'running' | 'ok' | 'failed' | 'skipped';
  trigger: 'cron' | 'manual' | 'catchup';
  dry_run: boolean;
  started_at: string;
  finished_at: string | null;
  error: string | null;
  counts: Record<string, number>;
};

/** As the person: the policy of job_runs says which runs an admin sees. */
const readRuns = (deps: Deps, actor: Actor, jobs: readonly Job[], limit: number): Promise<Run[]> =>
  asActor(deps.people, actor, async (tx) => {
    const { rows } = await tx.query<Run>(
      `select latest.* from unnest($1::text[]) as asked(name) cross join lateral (
         select job, id as run_id, scheduled_for, state, trigger, dry_run, started_at, finished_at, error, counts
         from job_runs where job = asked.name order by scheduled_for desc limit $2) latest`,
      [jobs.map(({ name }) => name), limit],
    );
    return rows;
  });
