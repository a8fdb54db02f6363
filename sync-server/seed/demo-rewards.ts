import { calendarDay, type DemoTime } from './demo-time.ts';
import { mainPeople } from './main-people.ts';
import type { Random } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

type Plan = { rows: RowCollector; time: DemoTime; random: Random };

/** Days of numbers that a connected account has brought. */
const metricDays = 14;

/** Connected stores with their daily numbers, reports of devices, presence, and the jobs of the last week. */
export function addRewards(plan: Plan, studentIds: readonly string[]): void {
  for (const [index, id] of studentIds.entries()) {
    if (index % 2 === 0) addStore(plan, id, index);
    if (index % 5 === 0) addAds(plan, id, index);
  }
  hideName(plan.rows, studentIds[2]);
  addReports(plan, studentIds.slice(0, 12));
  addJobRuns(plan);
}

/** One of the active would rather not be named. */
function hideName(rows: RowCollector, id: string | undefined): void {
  const student = (rows.rowsOf('students') as { id: string; leaderboard_hidden?: boolean }[]).find(
    (one) => one.id === id,
  );
  if (student) student.leaderboard_hidden = true;
}

function addStore(plan: Plan, userId: string, index: number): void {
  const id = seedId('integration', 'shopify', userId);
  const isBroken = index % 14 === 6;
  plan.rows.add('integrations', {
    id,
    user_id: userId,
    source: 'shopify',
    external_id: `falcon-store-${index + 1}.myshopify.com`,
    status: isBroken ? 'invalid' : 'connected',
    last_error: isBroken ? 'The store no longer accepts the token.' : null,
    connected_at: plan.time.daysAgo(20 + (index % 10)),
    last_synced_at: plan.time.daysAgo(isBroken ? 5 : 0.3),
  });
  for (let day = isBroken ? 5 : 1; day <= metricDays; day++) {
    const orders = plan.random.between(0, 6);
    addMetric(plan, userId, id, 'shopify', 'orders', orders, day);
    addMetric(plan, userId, id, 'shopify', 'gmv', orders * plan.random.between(1_200, 4_800) * 100, day);
  }
}

function addAds(plan: Plan, userId: string, index: number): void {
  const id = seedId('integration', 'meta_ads', userId);
  plan.rows.add('integrations', {
    id,
    user_id: userId,
    source: 'meta_ads',
    external_id: `act_${1_000_000 + index}`,
    connected_at: plan.time.daysAgo(15),
    last_synced_at: plan.time.daysAgo(0.3),
  });
  for (let day = 1; day <= metricDays; day++) {
    const impressions = plan.random.between(400, 5_000);
    addMetric(plan, userId, id, 'meta_ads', 'impressions', impressions, day);
    addMetric(plan, userId, id, 'meta_ads', 'clicks', Math.round(impressions * 0.021), day);
    addMetric(plan, userId, id, 'meta_ads', 'spend', Math.round(impressions * 0.4) * 100, day);
  }
}

function addMetric(
  { rows, time }: Plan,
  user_id: string,
  integration_id: string,
  source: string,
  metric: string,
  value: number,
  day: number,
): void {
  rows.add('user_metrics', {
    id: seedId('metric', user_id, source, metric, String(day)),
    user_id,
    integration_id,
    source,
    metric,
    value,
    currency: metric === 'gmv' || metric === 'spend' ? 'PKR' : null,
    date: calendarDay(time.daysAgo(day)),
    fetched_at: time.daysAgo(0.3),
  });
}

/** What devices noticed and met, and who was here. */
function addReports({ rows, time }: Plan, studentIds: readonly string[]): void {
  const [first, second, third] = studentIds;
  for (const [index, user_id] of studentIds.entries()) {
    rows.add('student_sessions', {
      id: seedId('presence', user_id),
      user_id,
      session_token: seedId('session-token', user_id),
      device_label: index % 3 === 0 ? 'Windows laptop' : 'Chrome on Android',
      user_agent: 'Mozilla/5.0',
      ip_address: `203.0.113.${index + 10}`,
      current_activity: { kind: index % 2 === 0 ? 'lesson' : 'other' },
      first_seen_at: time.daysAgo(1 + index / 10),
      last_heartbeat_at: time.daysAgo(index / 24),
      ended_at: index > 3 ? time.daysAgo(index / 24) : null,
    });
  }
  for (const [user_id, signal, severity] of [
    [first, 'devtools', 'warning'],
    [second, 'screen_capture', 'high'],
    [third, 'bulk_download_pattern', 'warning'],
  ] as const) {
    if (!user_id) continue;
    const at = time.daysAgo(signal === 'devtools' ? 3 : 1);
    if (signal !== 'bulk_download_pattern')
      rows.add('security_signals', {
        id: seedId('signal', user_id),
        student_id: user_id,
        signal_type: signal,
        device_label: 'Windows laptop',
        dismissed: signal === 'devtools',
        created_at: at,
      });
    rows.add('security_incidents', {
      id: seedId('incident', user_id),
      user_id,
      signal,
      severity,
      device_label: 'Windows laptop',
      created_at: at,
    });
    rows.add('error_logs', {
      id: seedId('fault', user_id),
      user_id,
      error_type: signal === 'devtools' ? 'network' : 'ui',
      error_message:
        signal === 'devtools' ? 'The server did not answer in time' : 'Cannot read properties of undefined',
      app_version: '0.1.0',
      created_at: at,
    });
  }
}

/** Runs of a week as the clock would have started them, one of them failed and made good. */
function addJobRuns({ rows, time }: Plan): void {
  const nightly = [
    ['rewards.build-leaderboard', 20],
    ['learning.open-due-lessons', 6],
    ['operations.purge-records', 3],
  ] as const;
  for (const [job, hour] of nightly)
    for (let day = 1; day <= 7; day++) {
      const slot = `${calendarDay(time.daysAgo(day))}T${String(hour).padStart(2, '0')}:00:00.000Z`;
      const isFailed = job === 'operations.purge-records' && day === 4;
      rows.add('job_runs', {
        id: seedId('run', job, String(day)),
        job,
        scheduled_for: slot,
        state: isFailed ? 'failed' : 'ok',
        started_at: slot,
        finished_at: slot,
        error: isFailed ? 'the connection was lost' : null,
        counts: isFailed ? {} : { selected: 30, done: 30, skipped: 0, failed: 0 },
      });
    }
  rows.add('settings_revisions', {
    id: seedId('revision', 'banner'),
    entity: 'company_settings',
    entity_id: '00000000-0000-4000-8000-000000000001',
    before: { announcement_banner: null },
    changed_by: mainPeople.dua.id,
    created_at: time.daysAgo(9),
  });
}
