import { pino } from 'pino';
import { createMetrics } from '../metrics/metrics.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { defineJob, type Job } from './define-job.ts';
import { runRecorded, startRun } from './job-runs.ts';
import { runScheduled } from './scheduled-task.ts';

let database: TestDatabase;
let deps: Deps;
let ran: number;
const slot = new Date('2026-11-22T20:00:00.000Z');

beforeAll(async () => {
  database = await createTestDatabase();
  const { server, people, serverKey } = database;
  const clock = { now: () => new Date('2026-11-22T20:00:05.000Z') };
  deps = {
    server,
    people,
    serverKey,
    clock,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
  } as unknown as Deps;
});
afterAll(() => database.drop());
beforeEach(() => void (ran = 0));

const job = (name: string, run: Job['run']): Job =>
  defineJob({ name, payload: z.unknown(), schedule: '0 20 * * *', run });
const counting = (name: string): Job =>
  job(name, async () => {
    ran++;
    return { selected: 3, done: 2, skipped: 1, failed: 0 };
  });
const runsOf = async (name: string) =>
  (
    await database.server.query(
      'select state, trigger, dry_run, counts, error, finished_at is not null as ended from job_runs where job = $1 order by scheduled_for',
      [name],
    )
  ).rows;

test('a slot of the clock runs once and says what it did', async () => {
  const build = counting('test.once');
  await Promise.all([1, 2, 3].map(() => runScheduled(deps, build, { _cron: { ts: slot.toISOString() } })));
  await runScheduled(deps, build, { _cron: { ts: slot.toISOString(), backfilled: true } });
  expect(ran).toBe(1);
  expect(await runsOf('test.once')).toEqual([
    {
      state: 'ok',
      trigger: 'cron',
      dry_run: false,
      counts: { selected: 3, done: 2, skipped: 1, failed: 0 },
      error: null,
      ended: true,
    },
  ]);
});

test('a job does not run beside itself, not even for another slot', async () => {
  let letGo: () => void = () => undefined;
  const slow = job('test.slow', () => new Promise<void>((resolve) => (letGo = resolve)));
  const first = await startRun(deps, slow, { trigger: 'cron', scheduledFor: slot });
  expect(await startRun(deps, slow, { trigger: 'manual', scheduledFor: new Date(slot.getTime() + 1) })).toBeNull();
  letGo();
  expect(await first!.finished).toMatchObject({ state: 'ok' });
  expect(await runsOf('test.slow')).toHaveLength(1);
});

test('a run that fails says so without values of people, and its slot is tried again three times at most', async () => {
  const failing = job('test.failing', async () => {
    ran++;
    throw new Error('the mail server does not answer');
  });
  for (let retry = 0; retry <= 5; retry++)
    await runScheduled(deps, failing, { _cron: { ts: slot.toISOString() }, ...(retry > 0 && { _retry: retry }) });
  expect(await runsOf('test.failing')).toMatchObject([
    { state: 'failed', error: 'the mail server does not answer', ended: true },
  ]);
  const { rows } = await database.server.query(
    `select payload -> '_retry' as retry, j.run_at > now() + interval '9 minutes' as later
     from graphile_worker._private_jobs j join graphile_worker.jobs using (id) where j.key = 'test.failing:retry'`,
  );
  expect(rows).toEqual([{ retry: 3, later: true }]);
});

test('rows that failed make the run a failed one', async () => {
  const partly = job('test.partly', async () => ({ selected: 2, done: 1, skipped: 0, failed: 1 }));
  expect(await runRecorded(deps, partly, { trigger: 'manual', scheduledFor: slot })).toMatchObject({
    state: 'failed',
    counts: { failed: 1 },
  });
});

test('a run whose process died is taken up again', async () => {
  await database.server.query("insert into job_runs (job, scheduled_for) values ('test.dead', $1), ('test.dead', $2)", [
    slot,
    new Date('2026-11-21T20:00:00Z'),
  ]);
  await runScheduled(deps, counting('test.dead'), { _cron: { ts: slot.toISOString() } });
  expect(ran).toBe(1);
  expect(await runsOf('test.dead')).toMatchObject([{ state: 'failed', error: 'the process ended' }, { state: 'ok' }]);
});
