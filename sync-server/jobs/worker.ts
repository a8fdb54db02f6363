import { EventEmitter } from 'node:events';
import {
  Logger as JobLogger,
  parseCronItems,
  run,
  type CronItem,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import type { Logger } from 'pino';
import type { Deps } from '../deps.ts';
import { DeadWorkerWatch } from './dead-workers.ts';
import type { Job } from './define-job.ts';
import { patientPool } from './patient-pool.ts';
import { runScheduled } from './scheduled-task.ts';

/** After a stop of any length a scheduled job is caught up once: its key makes the missed runs replace each other. */
const catchUp = 7 * 24 * 60 * 60 * 1000;
const sweepEvery = 20_000;

export type Worker = { stop(): Promise<void> };

/** Runs queued and scheduled jobs in this process. Several processes share the queue; each job goes to one of them. */
export async function startWorker(deps: Deps, jobs: readonly Job[]): Promise<Worker> {
  const log = deps.log.child({ part: 'jobs' });
  const watch = new DeadWorkerWatch(deps.server);
  const events = new EventEmitter() as WorkerEvents;
  const complain = (error: Error) => log.error({ err: error }, 'looking after dead workers failed');
  events.on('worker:create', ({ worker }) => void watch.announce(worker.workerId).catch(complain));
  const runner = await run({
    pgPool: patientPool(deps.server),
    events,
    concurrency: 4,
    noHandleSignals: true,
    taskList: taskList(deps, jobs, log),
    parsedCronItems: parseCronItems(jobs.flatMap(cronItem)),
    logger: jobLogger(log),
  });
  // Ends with `stop`; a failure before that is the database's and is retried by the runner itself.
  runner.promise.catch((error: Error) => log.error({ err: error }, 'the job runner ended'));
  const sweeping = setInterval(() => void watch.sweep().catch(complain), sweepEvery).unref();
  const stop = async () => {
    clearInterval(sweeping);
    await runner.stop();
    await watch.close();
  };
  return { stop };
}

function taskList(deps: Deps, jobs: readonly Job[], log: Logger): TaskList {
  return Object.fromEntries(
    jobs.map((job) => [
      job.name,
      async (payload: unknown) => {
        const started = performance.now();
        try {
          if (job.schedule) await runScheduled(deps, job, payload);
          else await job.run(job.payload.parse(payload), deps);
        } catch (error) {
          deps.metrics.jobRuns.inc({ job: job.name, outcome: 'failed' });
          throw error;
        }
        deps.metrics.jobRuns.inc({ job: job.name, outcome: 'done' });
        log.info({ job: job.name, ms: Math.round(performance.now() - started) }, 'job done');
      },
    ]),
  );
}

/** Payloads and error details of people stay out of the log: only names and messages pass. */
function jobLogger(log: Logger): JobLogger {
  return new JobLogger(({ taskIdentifier }) => (level, message) => {
    if (level === 'error') log.error({ job: taskIdentifier }, message);
    if (level === 'warning') log.warn({ job: taskIdentifier }, message);
  });
}

function cronItem({ name, schedule }: Job): CronItem[] {
  if (!schedule) return [];
  return [{ task: name, match: schedule, options: { backfillPeriod: catchUp, jobKey: name, jobKeyMode: 'replace' } }];
}
