import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertRow } from '../../seed/insert-rows.ts';
import { openCommandStage, type CommandStage } from '../../testing/command-stage.ts';

let stage: CommandStage;
beforeAll(async () => {
  stage = await openCommandStage();
});
afterAll(() => stage.close());

const update = (role: Parameters<CommandStage['command']>[0], settings: object, expected_revision?: string) =>
  stage.command(role, 'update-company-settings', { settings, ...(expected_revision && { expected_revision }) });
const company = async () => (await stage.rows('select * from company_settings'))[0]!;
const banner = { enabled: true, message: 'Closed on Friday', background_color: 'yellow' };

describe('settings', () => {
  test.each(['student', 'mentor', 'enrollment_manager'] as const)('a %s changes none', async (role) => {
    expect(await update(role, { company_name: 'Mine' })).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
  });

  test('an admin changes the banner and how new students are received, nothing else', async () => {
    expect(await update('admin', { announcement_banner: banner })).toMatchObject({ status: 200 });
    expect(await company()).toMatchObject({ announcement_banner: { ...banner, dismissible: true } });
    for (const settings of [
      { company_name: 'Mine' },
      { em_sees_all_students: true },
      { announcement_banner: null, offline_lease_days: 30 },
    ])
      expect(await update('admin', settings)).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
    expect(await company()).toMatchObject({ company_name: 'Falcon Academy', announcement_banner: banner });
  });

  test('a superadmin changes all; the trail holds what it was and what it is', async () => {
    expect(await update('superadmin', { company_name: 'Eagle Academy', offline_lease_days: 7 })).toMatchObject({
      status: 200,
    });
    expect(
      await stage.rows(
        "select performed_by, data from admin_logs where action = 'settings_updated' order by created_at desc limit 1",
      ),
    ).toEqual([
      {
        performed_by: stage.people.superadmin.id,
        data: {
          before: { company_name: 'Falcon Academy', offline_lease_days: 14 },
          after: { company_name: 'Eagle Academy', offline_lease_days: 7 },
        },
      },
    ]);
  });

  test.each<[string, object]>([
    ['a lease of two months', { offline_lease_days: 60 }],
    ['a time zone nobody knows', { timezone: 'Asia/Atlantis' }],
    ['a column that is no setting', { id: '00000000-0000-4000-8000-000000000002' }],
    ['a script as an address', { help_url: 'javascript:alert(1)' }],
    [
      'a banner that ends before it begins',
      { announcement_banner: { ...banner, start_date: '2027-02-02', end_date: '2027-02-01' } },
    ],
    ['a logo that is not there', { logo_file_id: '00000000-0000-4000-8000-00000000000e' }],
    ['nothing', {}],
  ])('%s is refused', async (_, settings) => {
    expect(await update('superadmin', settings)).toMatchObject({ status: 422, code: 'INVALID_INPUT' });
  });

  test('whoever has seen an older state is told so', async () => {
    const seen = (await company())['v'] as string;
    expect(await update('superadmin', { help_url: 'https://falcon.test/a' }, seen)).toMatchObject({ status: 200 });
    expect(await update('superadmin', { help_url: 'https://falcon.test/b' }, seen)).toMatchObject({ status: 409 });
    expect(await company()).toMatchObject({ help_url: 'https://falcon.test/a' });
  });

  test('twenty states are kept, and one can be brought back', async () => {
    for (let at = 1; at <= 23; at++) await update('superadmin', { sp_daily_credits: at });
    const kept = await stage.rows<{ id: string; credits: number }>(
      "select id, (before ->> 'sp_daily_credits')::int as credits from settings_revisions where entity = 'company_settings' order by created_at",
    );
    expect(kept.map(({ credits }) => credits)).toEqual(Array.from({ length: 20 }, (_, at) => at + 3));
    expect(await stage.command('admin', 'restore-settings', { revision_id: kept[4]!.id })).toMatchObject({
      status: 404,
    });
    expect(await stage.command('superadmin', 'restore-settings', { revision_id: kept[4]!.id })).toMatchObject({
      status: 200,
    });
    expect(await company()).toMatchObject({ sp_daily_credits: 7, company_name: 'Eagle Academy' });
  });

  test('a setting that decides which lessons are open has them decided anew', async () => {
    const waiting = () =>
      stage.rows("select key from graphile_worker.jobs where task_identifier = 'learning.recompute-unlocks'");
    expect(await waiting()).toEqual([]);
    await update('superadmin', { lms_sequential_unlock: false });
    expect(await waiting()).toEqual([{ key: 'learning.recompute-unlocks:everybody' }]);
  });
});

test('before the sign-in name and logo are told, and nothing else', async () => {
  const ask = async () => {
    const response = await fetch(`${stage.server.url}/functions/v1/public-company`);
    return { status: response.status, body: (await response.json()) as { data: unknown } };
  };
  expect(await ask()).toMatchObject({ status: 200, body: { data: { name: 'Eagle Academy', logo_url: null } } });
  const logo = await insertRow(stage.database.server, 'files', {
    bucket: 'company-logos',
    owner_id: null,
    path: 'logos/original-1.png',
    original_name: 'logo.png',
    mime: 'image/png',
    bytes: 1,
    sha256: 'a'.repeat(64),
    status: 'ready',
  });
  expect(await update('superadmin', { logo_file_id: logo })).toMatchObject({ status: 200 });
  expect((await ask()).body.data).toEqual({
    name: 'Eagle Academy',
    logo_url: '/storage/v1/object/public/company-logos/logos/original-1.png',
  });
});

test('the live-chat script reaches staff who ask, and no device', async () => {
  await update('superadmin', { livechat_code: '<script>chat()</script>' });
  const bodies = await stage.rows("select body from sync_rows where type = 'company_settings'");
  expect(JSON.stringify(bodies)).not.toContain('chat()');
  const answer = await fetch(`${stage.server.url}/functions/v1/public-company`);
  expect(await answer.text()).not.toContain('chat()');
});

describe('templates', () => {
  const template = {
    key: 'welcome_back',
    title_md: 'Hello {name}',
    body_md: 'You were away for {days} days.',
    variables: ['name', 'days'],
  };
  const save = (role: Parameters<CommandStage['command']>[0], more: object = {}) =>
    stage.command(role, 'save-notification-template', { ...template, ...more });

  test.each(['student', 'mentor', 'enrollment_manager'] as const)('a %s keeps none', async (role) => {
    expect(await save(role)).toMatchObject({ status: 403 });
  });

  test('are made, changed, remembered, brought back and deleted by staff', async () => {
    const made = await save('admin');
    expect(made).toMatchObject({ status: 200 });
    expect(await save('admin')).toMatchObject({ status: 409 });
    expect(await save('admin', { id: made.data['id'], title_md: 'Welcome {name}' })).toMatchObject({ status: 200 });
    const [revision] = await stage.rows<{ id: string }>(
      "select id from settings_revisions where entity = 'notification_templates' and before ->> 'title_md' = 'Hello {name}'",
    );
    expect(await stage.command('admin', 'restore-settings', { revision_id: revision!.id })).toMatchObject({
      status: 200,
    });
    const title = () =>
      stage.rows('select title_md, is_deleted from notification_templates where id = $1', [made.data['id']]);
    expect(await title()).toEqual([{ title_md: 'Hello {name}', is_deleted: false }]);
    expect(await stage.command('admin', 'delete-notification-template', { id: made.data['id'] })).toMatchObject({
      status: 200,
    });
    expect(await title()).toEqual([{ title_md: 'Hello {name}', is_deleted: true }]);
    expect(await save('admin')).toMatchObject({ status: 200, data: { id: made.data['id'] } });
  });

  test('whose text names what nobody fills in cannot be active', async () => {
    const wrong = { key: 'broken', body_md: 'Your {password}' };
    expect(await save('admin', wrong)).toMatchObject({ status: 422 });
    expect(await save('admin', { ...wrong, active: false })).toMatchObject({ status: 200 });
  });
});
