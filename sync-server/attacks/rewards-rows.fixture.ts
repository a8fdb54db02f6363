import type { NewRow } from '../seed/insert-rows.ts';
import { e2eIds } from './stage.fixture.ts';

type Insert = (table: string, row: NewRow) => Promise<string>;
type Allowed = Record<string, (row: Record<string, unknown>) => string>;

/** Awards, certificates, ranks, connections, settings of yesterday and reports of devices, of several people each. */
export async function fillRewards(insert: Insert, students: readonly string[]): Promise<void> {
  const badge = await insert('badges', { name: 'Given by hand' });
  const milestone = await insert('milestones', { name: 'By hand', description: 'x', trigger_type: 'manual' });
  await insert('milestones', { name: 'Put away', description: 'x', trigger_type: 'manual', is_active: false });
  for (const [at, id] of students.entries()) {
    await insert('user_badges', { id: undefined, user_id: id, badge_id: badge, notes: 'x' });
    await insert('user_milestones', { id: undefined, user_id: id, milestone_id: milestone, notes: 'x' });
    await insert('certificates', {
      student_id: id,
      type: 'course',
      course_id: e2eIds.c1,
      number: `CERT-2026-00000${at}`,
      title: 'x',
      printed_name: 'x',
      verification_code: `ABCDEFGHIJKLMNO${'ABC'[at]}`,
      revoked_at: '2026-01-01',
      revoke_reason: 'x',
    });
    await insert('leaderboard_snapshots', {
      user_id: id,
      period: 'all',
      display_name: 'x',
      avatar_initials: 'x',
      rank: at === 0 ? 1 : 60 + at,
    });
    const integration = await insert('integrations', {
      user_id: id,
      source: 'shopify',
      external_id: 'x',
      last_error: 'x',
      access_token_enc: String.raw`\x00`,
      refresh_token_enc: String.raw`\x00`,
    });
    await insert('user_metrics', {
      user_id: id,
      integration_id: integration,
      source: 'shopify',
      metric: 'gmv',
      value: 1,
      currency: 'PKR',
      date: '2026-11-22',
    });
    await insert('security_signals', { student_id: id, signal_type: 'devtools', page_url: 'x', device_label: 'x' });
  }
  await insert('settings_revisions', { entity: 'company_settings', entity_id: e2eIds.c1, before: { ai: 'x' } });
  await insert('job_runs', { job: 'x', scheduled_for: '2026-11-22', state: 'failed', error: 'x', finished_at: 'now' });
}

/** What devices and the server note about everybody, whatever the role. */
export async function fillReports(insert: Insert, user_id: string): Promise<void> {
  await insert('student_sessions', {
    user_id,
    session_token: user_id,
    device_fingerprint: 'x',
    user_agent: 'x',
    device_label: 'x',
    ip_address: 'x',
    country: 'x',
    city: 'x',
    region: 'x',
  });
  await insert('security_incidents', {
    user_id,
    signal: 'devtools',
    user_agent: 'x',
    device_label: 'x',
    ip_address: 'x',
    page_url: 'x',
  });
  await insert('video_access_events', { user_id, ip_address: 'x', device_label: 'x' });
  await insert('error_logs', {
    user_id,
    error_type: 'ui',
    error_code: 'x',
    error_message: 'x',
    stack_trace: 'x',
    url: 'x',
    user_agent: 'x',
    app_version: 'x',
  });
}

export const companyFace =
  'company_name address contact_email primary_phone company_email secondary_phone branding timezone default_country_code onboarding_video_url onboarding_pointers announcement_banner help_url';
const companyOfStaff = `${companyFace} custom_domain lms_url notification_email_cc quiet_hours ai ticket_assignees features`;

const catalogue = (sees: (row: Record<string, unknown>) => boolean): Allowed => ({
  badges: () => 'name description',
  milestone_categories: () => 'name description icon',
  milestones: (row) =>
    sees(row) ? 'name description icon badge_url trigger_config celebration_message celebration_config' : '',
});
const isActive = (row: Record<string, unknown>): boolean => row['is_active'] === true;
const earned = (isTheirs: (person: unknown) => boolean): Allowed => ({
  user_badges: ({ user_id }) => (isTheirs(user_id) ? 'notes' : ''),
  user_milestones: ({ user_id }) => (isTheirs(user_id) ? 'notes progress_data' : ''),
  certificates: ({ student_id }) => (isTheirs(student_id) ? 'title printed_name revoke_reason' : ''),
  user_metrics: ({ user_id }) => (isTheirs(user_id) ? 'value' : ''),
});
const rank = (sees: (row: Record<string, unknown>) => boolean): Allowed => ({
  leaderboard_snapshots: (row) => (sees(row) ? 'display_name avatar_initials' : ''),
});

/** What of these tables reaches devices, by the specification. */
export const rewardsAllowed = {
  student: (me: string): Allowed => ({
    ...catalogue(isActive),
    ...earned((person) => person === me),
    ...rank((row) => row['user_id'] === me || row['rank'] === 1),
    integrations: ({ user_id }) => (user_id === me ? 'external_id last_error' : ''),
  }),
  mentor: (inScope: (person: unknown) => boolean): Allowed => ({
    ...catalogue(isActive),
    ...earned(inScope),
    ...rank((row) => inScope(row['user_id']) || row['rank'] === 1),
  }),
  staff: (): Allowed => ({
    ...catalogue(() => true),
    ...rank(() => true),
    company_settings: () => companyOfStaff,
  }),
};

/** Columns of these tables whose checks allow a few words or forms only. */
export const rewardsBarren =
  /^(certificates\.(type|number|verification_code|render_state)|error_logs\.(error_type|severity)|job_runs\.trigger|leaderboard_snapshots\.period|milestone_categories\.color|milestones\.trigger_type|security_incidents\.(signal|severity|action_taken)|security_signals\.signal_type|settings_revisions\.entity|user_metrics\.metric|video_access_events\.event_type)$/;
