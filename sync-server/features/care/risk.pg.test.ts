import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createChain, handIn, openAcademy, watch, type Academy, type Chain } from '../../testing/academy.ts';
import { callCommand, codeOf } from '../../testing/office.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { evaluateRisk } from './evaluate-risk.job.ts';
import { alertMentor, updateAtRiskRules } from './risk-commands.ts';

let academy: Academy;
let chain: Chain;
let admin: Person;
beforeAll(async () => {
  academy = await openAcademy();
  admin = await createPerson(academy.database.server, 'admin');
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  await academy.rows("update users set status = 'inactive' where role = 'student'");
  chain = await createChain(academy);
});

const rules = { no_login_days: 0, stuck_recording_days: 0, stuck_assignment_days: 0, missed_sessions_count: 0 };
const setRules = (change: Partial<typeof rules>, actor = admin) =>
  callCommand(academy, actor, updateAtRiskRules, { ...rules, ...change });
const night = (day: number) => {
  academy.clock.set(`2027-03-${String(day).padStart(2, '0')}T08:30:00.000Z`);
  return evaluateRisk.run({}, academy.deps);
};
const flags = () =>
  academy.rows<{ codes: string[]; is_critical: boolean; closed_as: string | null }>(
    `select array(select r ->> 'code' from jsonb_array_elements(reasons) as r) as codes, is_critical, closed_as
     from at_risk_flags where student_id = $1 order by opened_at`,
    [chain.student.id],
  );

describe('at risk', () => {
  test('who does not watch the newest lesson is flagged once, becomes critical, and is cleared by watching', async () => {
    await setRules({ stuck_recording_days: 3 });
    await night(3);
    expect(await flags()).toEqual([]);
    await night(4);
    await night(5);
    expect(await flags()).toEqual([{ codes: ['stuck_recording'], is_critical: false, closed_as: null }]);
    await night(12);
    expect(await flags()).toEqual([{ codes: ['stuck_recording'], is_critical: true, closed_as: null }]);
    await academy.push(chain.student, [watch(chain.student.id, chain.lessons[0]!, academy.clock.now().toISOString())]);
    await night(13);
    expect(await flags()).toMatchObject([{ closed_as: 'resolved_by_student' }]);
  });

  test('work that was not handed in, and a sign of life that is missing, are two reasons', async () => {
    await setRules({ stuck_assignment_days: 5, no_login_days: 5 });
    await night(7);
    expect(await flags()).toEqual([{ codes: ['no_login', 'stuck_assignment'], is_critical: true, closed_as: null }]);
    await academy.push(chain.student, [handIn(chain.student.id, chain.a1, academy.clock.now().toISOString())]);
    await academy.rows('update users set last_login_at = $2 where id = $1', [chain.student.id, academy.clock.now()]);
    await night(8);
    expect(await flags()).toMatchObject([{ closed_as: 'resolved_by_student' }]);
  });

  test('sessions of the own batch that were missed', async () => {
    await setRules({ missed_sessions_count: 2 });
    const [batch] = await academy.rows<{ id: string }>(
      "insert into batches (name, start_date) values ('Missed', '2027-03-01') returning id",
    );
    await academy.rows('update course_enrollments set batch_id = $2 where student_id = $1', [
      chain.student.id,
      batch!.id,
    ]);
    const sessions = await academy.rows<{ id: string }>(
      `insert into success_sessions (title, start_time, status, audience, batch_ids, link)
       select 'Session ' || n, '2027-03-01T15:00:00Z'::timestamptz + make_interval(days => n), 'completed', 'batches', array[$1::uuid], 'https://meet.test/' || n
       from generate_series(1, 3) as n returning id`,
      [batch!.id],
    );
    await academy.rows('insert into session_attendance (student_id, session_id) values ($1, $2)', [
      chain.student.id,
      sessions[0]!.id,
    ]);
    await night(4);
    expect(await flags()).toEqual([]);
    await night(5);
    expect(await flags()).toMatchObject([{ codes: ['missed_sessions'] }]);
  });

  test('after a contact of the team there is peace for a week', async () => {
    await setRules({ stuck_recording_days: 3 });
    await night(4);
    await academy.rows(
      "update at_risk_flags set closed_at = $2, closed_as = 'resolved_by_team' where student_id = $1",
      [chain.student.id, academy.clock.now()],
    );
    await night(10);
    expect(await flags()).toHaveLength(1);
    await night(12);
    expect(await flags()).toHaveLength(2);
  });

  test('all thresholds at 0 flag nobody', async () => {
    await setRules({});
    await night(28);
    expect(await flags()).toEqual([]);
  });
});

describe('commands', () => {
  test('the rules are the staff’s, and the trail knows the old ones', async () => {
    const mentor = chain.mentor;
    for (const person of [chain.student, mentor]) expect(await codeOf(setRules({}, person))).toBe('PERMISSION_DENIED');
    await setRules({ no_login_days: 9 });
    await setRules({ no_login_days: 4 });
    expect(
      await academy.rows(
        `select data -> 'before' -> 'no_login_days' as before, performed_by from admin_logs
         where action = 'at_risk_rules_updated' and (data -> 'after' -> 'no_login_days')::int = 4`,
      ),
    ).toEqual([{ before: 9, performed_by: admin.id }]);
  });

  test('the mentor is asked about a student who is at risk, once a day', async () => {
    const alert = (actor: Person) => callCommand(academy, actor, alertMentor, { student_id: chain.student.id });
    expect(await codeOf(alert(admin))).toBe('NOT_FOUND');
    await setRules({ stuck_recording_days: 3 });
    await night(4);
    await alert(admin);
    await alert(admin);
    expect(
      await academy.rows(
        `select title, body from notifications where user_id = $1 and template_key = 'at_risk_student_alert'`,
        [chain.mentor.id],
      ),
    ).toEqual([{ title: 'Ayesha needs you', body: 'Ayesha has not watched the newest lesson.' }]);
    expect(await codeOf(alert(chain.mentor))).toBe('PERMISSION_DENIED');
  });
});
