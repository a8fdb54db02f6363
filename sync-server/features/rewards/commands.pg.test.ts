import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertRow } from '../../seed/insert-rows.ts';
import { openCommandStage, type CommandStage } from '../../testing/command-stage.ts';
import { assignMentor, createCourse, createPerson } from '../../testing/people.ts';

let stage: CommandStage;
let student: string;
let stranger: string;
beforeAll(async () => {
  stage = await openCommandStage();
  const { server } = stage.database;
  student = stage.people.student.id;
  stranger = (await createPerson(server, 'student')).id;
  await assignMentor(server, stage.people.mentor.id, student);
});
afterAll(() => stage.close());

const milestoneNamed = async (name: string): Promise<string> =>
  (await stage.rows<{ id: string }>('select id from milestones where name = $1', [name]))[0]!.id;
const audited = (action: string) =>
  stage.rows('select performed_by, target_user_id from admin_logs where action = $1', [action]);

describe('the catalogue', () => {
  const milestone = {
    name: 'Night owl',
    description: 'Watch three lessons',
    trigger_type: 'recording_watched',
    trigger_config: { count: 3 },
  };

  test.each(['student', 'mentor', 'enrollment_manager'] as const)('is not a %s’s to keep', async (role) => {
    for (const [command, input] of [
      ['save-milestone', milestone],
      ['save-badge', { name: 'Mine' }],
      ['save-milestone-category', { name: 'Mine' }],
      ['delete-milestone', { id: await milestoneNamed('First Steps') }],
    ] as const)
      expect(await stage.command(role, command, input), command).toMatchObject({ status: 403 });
  });

  test('is made, changed and taken out of sight by staff, with a trail; a free name may be used again', async () => {
    const badge = await stage.command('admin', 'save-badge', { name: 'Owl' });
    const category = await stage.command('admin', 'save-milestone-category', { name: 'Nights', color: '#000000' });
    const links = { badge_id: badge.data['id'], category_id: category.data['id'] };
    const made = await stage.command('admin', 'save-milestone', { ...milestone, ...links });
    expect(made).toMatchObject({ status: 200 });
    const id = made.data['id'];
    expect(await stage.command('admin', 'save-milestone', { ...milestone, ...links, id, points: 25 })).toMatchObject({
      status: 200,
    });
    expect(await stage.rows('select points, badge_id from milestones where id = $1', [id])).toEqual([
      { points: 25, badge_id: links.badge_id },
    ]);
    expect(await stage.rows("select data from admin_logs where entity_id = $1 and action = 'updated'", [id])).toEqual([
      { data: { before: { points: 10 }, after: { points: 25 } } },
    ]);
    expect(await stage.command('admin', 'save-milestone', milestone)).toMatchObject({ status: 409 });
    expect(await stage.command('superadmin', 'delete-milestone', { id })).toMatchObject({ status: 200 });
    expect(await stage.command('superadmin', 'delete-milestone', { id })).toMatchObject({ status: 404 });
    expect(await stage.command('admin', 'save-milestone', milestone)).toMatchObject({ status: 200 });
  });

  test('refuses a rule that does not fit its trigger, and parts that are not there', async () => {
    for (const wrong of [
      { trigger_config: { count: 'many' } },
      { trigger_type: 'time_based', trigger_config: { count: 3 } },
      { trigger_config: { count: 3, approve_everything: true } },
      { badge_id: student },
    ])
      expect(await stage.command('admin', 'save-milestone', { ...milestone, name: 'Wrong', ...wrong })).toMatchObject({
        status: 422,
      });
  });
});

describe('awards by hand', () => {
  test('a mentor gives to the own student, and says what for; nobody below gives', async () => {
    const milestone_id = await milestoneNamed('Innovation Award');
    const give = (role: Parameters<CommandStage['command']>[0], user_id: string, notes: string | null) =>
      stage.command(role, 'award-milestone', { user_id, milestone_id, notes });
    for (const role of ['student', 'enrollment_manager'] as const)
      expect(await give(role, student, 'Me')).toMatchObject({ status: 403 });
    expect(await give('mentor', student, null)).toMatchObject({ status: 422 });
    expect(await give('mentor', stranger, 'Good idea')).toMatchObject({ status: 404 });
    expect(await give('mentor', student, 'Good idea')).toMatchObject({ status: 200, data: { is_new: true } });
    expect(await give('admin', student, null)).toMatchObject({ status: 200, data: { is_new: false } });
    expect(await stage.rows('select awarded_by, notes from user_milestones where user_id = $1', [student])).toEqual([
      { awarded_by: stage.people.mentor.id, notes: 'Good idea' },
    ]);
    expect(await stage.rows('select awarded_by from user_badges where user_id = $1', [student])).toEqual([
      { awarded_by: stage.people.mentor.id },
    ]);
    expect(await audited('milestone_awarded')).toEqual([
      { performed_by: stage.people.mentor.id, target_user_id: student },
    ]);
    expect(
      await stage.rows(
        "select title from notifications where user_id = $1 and template_key = 'milestone_celebration'",
        [student],
      ),
    ).toEqual([{ title: '💡 Innovation Award' }]);
  });

  test('staff take back what was given, with the badge that came with it; a mentor does not', async () => {
    const taken = { user_id: student, milestone_id: await milestoneNamed('Innovation Award'), reason: 'By mistake' };
    expect(await stage.command('mentor', 'revoke-milestone', taken)).toMatchObject({ status: 403 });
    expect(await stage.command('admin', 'revoke-milestone', taken)).toMatchObject({ status: 200 });
    expect(await stage.command('admin', 'revoke-milestone', taken)).toMatchObject({ status: 404 });
    expect(await stage.rows('select is_deleted from user_badges where user_id = $1', [student])).toEqual([
      { is_deleted: true },
    ]);
  });

  test('a badge alone is given and taken back the same way', async () => {
    const [badge] = await stage.rows<{ id: string }>("select id from badges where name = 'Community Leader'");
    const given = { user_id: student, badge_id: badge!.id };
    expect(await stage.command('mentor', 'award-badge', { ...given, user_id: stranger, notes: 'x' })).toMatchObject({
      status: 404,
    });
    expect(await stage.command('mentor', 'award-badge', { ...given, notes: 'Helps everybody' })).toMatchObject({
      data: { is_new: true },
    });
    expect(await stage.command('admin', 'revoke-badge', { ...given, reason: 'By mistake' })).toMatchObject({
      status: 200,
    });
    expect(await stage.command('admin', 'award-badge', given)).toMatchObject({ data: { is_new: true } });
  });
});

describe('certificates', () => {
  const held = () =>
    stage.rows<{ id: string; number: string; verification_code: string }>(
      'select id, number, verification_code from certificates where student_id = $1 and revoked_at is null',
      [student],
    );
  const verify = async (code: string) => {
    const response = await fetch(`${stage.server.url}/functions/v1/verify-certificate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    return { status: response.status, data: ((await response.json()) as { data?: unknown }).data };
  };

  test('are issued, corrected and revoked by staff, and looked up by anybody who holds the code', async () => {
    const course = await createCourse(stage.database.server, { title: 'Store basics' });
    const issue = { student_id: student, type: 'course', target_id: course };
    for (const role of ['student', 'mentor', 'enrollment_manager'] as const)
      expect(await stage.command(role, 'issue-certificate', issue)).toMatchObject({ status: 403 });
    expect(await stage.command('admin', 'issue-certificate', issue)).toMatchObject({
      status: 200,
      data: { number: expect.stringMatching(/^CERT-\d{4}-000001$/) },
    });
    expect(await stage.command('admin', 'issue-certificate', issue)).toMatchObject({ status: 409 });
    const [certificate] = await held();
    const certificate_id = certificate!.id;
    const rename = { certificate_id, printed_name: 'Ayesha B. Khan' };
    expect(await stage.command('mentor', 'correct-certificate-name', rename)).toMatchObject({ status: 403 });
    expect(await stage.command('admin', 'correct-certificate-name', rename)).toMatchObject({ status: 200 });

    const typed = certificate!.verification_code.toLowerCase().replace(/(.{4})/g, '$1-');
    const seen = await verify(typed);
    expect(seen).toMatchObject({
      status: 200,
      data: { name: 'Ayesha B. Khan', title: 'Store basics', state: 'valid' },
    });
    expect(Object.keys(seen.data as object).toSorted()).toEqual(['issued_on', 'name', 'state', 'title']);

    const revoke = { certificate_id, reason: 'Copied work' };
    expect(await stage.command('mentor', 'revoke-certificate', revoke)).toMatchObject({ status: 403 });
    expect(await stage.command('admin', 'revoke-certificate', revoke)).toMatchObject({ status: 200 });
    expect(await stage.command('admin', 'revoke-certificate', revoke)).toMatchObject({ status: 404 });
    expect(await verify(typed)).toMatchObject({ data: { state: 'revoked' } });
    expect(JSON.stringify(await verify(typed))).not.toContain('Copied work');
    expect(await verify('AAAABBBBCCCCDDDD')).toMatchObject({ status: 404 });
  });

  test('a mentor recommends the own student for a track, and staff hear of it', async () => {
    const track_id = await insertRow(stage.database.server, 'course_tracks', { name: 'Marketing Master' });
    const recommend = (role: Parameters<CommandStage['command']>[0], student_id: string) =>
      stage.command(role, 'recommend-certificate', { student_id, track_id, notes: 'Her campaigns are the best' });
    expect(await recommend('student', student)).toMatchObject({ status: 403 });
    expect(await recommend('mentor', stranger)).toMatchObject({ status: 404 });
    expect(await recommend('mentor', student)).toMatchObject({ status: 200 });
    expect(
      await stage.rows(
        "select user_id from notifications where template_key = 'certificate_recommended' order by user_id",
      ),
    ).toEqual([stage.people.admin.id, stage.people.superadmin.id].toSorted().map((user_id) => ({ user_id })));
  });

  test('the look-up lets nobody try codes by the thousand', async () => {
    const answers = [];
    for (let at = 0; at < 32; at++) answers.push((await verify(`AAAABBBBCCCC${1000 + at}`)).status);
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 404));
    expect(answers.at(-1)).toBe(429);
  });
});

test('staff keep a student out of the ranking at once, and let them in again', async () => {
  await insertRow(stage.database.server, 'leaderboard_snapshots', {
    user_id: student,
    period: 'all',
    display_name: 'x',
    rank: 1,
  });
  const exclude = (role: Parameters<CommandStage['command']>[0], excluded: boolean) =>
    stage.command(role, 'exclude-from-leaderboard', { student_id: student, excluded, reason: 'A test account' });
  expect(await exclude('mentor', true)).toMatchObject({ status: 403 });
  expect(await exclude('admin', true)).toMatchObject({ status: 200 });
  expect(await stage.rows('select from leaderboard_snapshots where user_id = $1', [student])).toEqual([]);
  expect(await exclude('admin', false)).toMatchObject({ status: 200 });
  expect(await audited('leaderboard_excluded')).toEqual([
    { performed_by: stage.people.admin.id, target_user_id: student },
  ]);
});
