import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCommandStage, type CommandStage } from '../../testing/command-stage.ts';

let stage: CommandStage;
beforeAll(async () => {
  stage = await openCommandStage();
});
afterAll(() => stage.close());

const purge = 'operations.purge-records';
const leaderboard = 'rewards.build-leaderboard';

test('students, mentors and enrolment managers start nothing and see nothing', async () => {
  for (const role of ['student', 'mentor', 'enrollment_manager'] as const) {
    expect(await stage.command(role, 'run-job', { job: leaderboard })).toMatchObject({ status: 403 });
    expect(await stage.command(role, 'job-status')).toMatchObject({ status: 403 });
  }
});

test('a superadmin starts any scheduled job, and the trail says who', async () => {
  await stage.rows(`insert into job_runs (job, scheduled_for, started_at, finished_at, state)
    values ('old', '2020-01-01', '2020-01-01', '2020-01-01', 'ok')`);
  const dry = await stage.command('superadmin', 'run-job', { job: purge, dry_run: true });
  expect(dry).toMatchObject({ status: 200, data: { state: 'ok', counts: { selected: 1, done: 0 } } });
  const real = await stage.command('superadmin', 'run-job', { job: purge });
  expect(real).toMatchObject({ status: 200, data: { state: 'ok', counts: { selected: 1, done: 1 } } });
  expect(await stage.rows("select from job_runs where job = 'old'")).toEqual([]);
  expect(
    await stage.rows("select performed_by, data from admin_logs where action = 'job_run_manual' and entity_id = $1", [
      real.data['run_id'],
    ]),
  ).toEqual([{ performed_by: stage.people.superadmin.id, data: { job: purge, dry_run: false } }]);
});

test('an admin starts and sees the leaderboard, and no job of superadmins', async () => {
  expect(await stage.command('admin', 'run-job', { job: leaderboard })).toMatchObject({ status: 200 });
  expect(await stage.command('admin', 'run-job', { job: purge })).toMatchObject({ status: 404 });
  expect(await stage.command('admin', 'job-status', { job: purge })).toMatchObject({ status: 404 });
  const seen = await stage.command('admin', 'job-status');
  expect(seen.data['jobs']).toContainEqual(
    expect.objectContaining({ job: leaderboard, runs: [expect.objectContaining({ trigger: 'manual', state: 'ok' })] }),
  );
  expect(JSON.stringify(seen.data['jobs'])).not.toContain(purge);
  const all = await stage.command('superadmin', 'job-status', { limit: 5 });
  const jobs = all.data['jobs'] as { job: string; schedule: string }[];
  expect(jobs.length).toBeGreaterThan(4);
  expect(jobs.find(({ job }) => job === purge)).toMatchObject({ schedule: '30 3 * * *' });
});

test('what has no dry run is not asked for one, and a job that does not exist is not found', async () => {
  expect(
    await stage.command('superadmin', 'run-job', { job: 'learning.open-due-lessons', dry_run: true }),
  ).toMatchObject({ status: 422 });
  expect(await stage.command('superadmin', 'run-job', { job: 'no.such-job' })).toMatchObject({ status: 404 });
});
