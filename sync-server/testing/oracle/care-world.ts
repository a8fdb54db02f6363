import type { Pool } from '../../db/sql.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import type { Dice, World } from './world.ts';

let days = 0;

/** What the team of the random academy knows about one student. */
export async function addCare(db: Pool, dice: Dice, world: World, student_id: string): Promise<void> {
  for (const author of [dice.pick(world.mentors), dice.pick(world.managers)])
    await insertRow(db, 'student_notes', { student_id, author_id: author.id, body: `About ${student_id}` });
  if (dice.chance(0.6))
    await insertRow(db, 'at_risk_flags', {
      student_id,
      reasons: [{ code: 'no_login', since: '2026-11-01T00:00:00.000Z' }],
    });
  if (dice.chance(0.6)) await insertRow(db, 'student_recovery_messages', { student_id, days_inactive: 3 });
  const check_date = new Date(Date.UTC(2026, 0, ++days)).toISOString().slice(0, 10);
  await insertRow(db, 'student_recovery_checks', { check_date, students_checked: days });
}

export const careChanges: Record<string, (db: Pool, dice: Dice, world: World) => Promise<void>> = {
  'flag closes': async (db, dice) =>
    void (await db.query(
      `update at_risk_flags set closed_at = now(), closed_as = 'resolved_by_student'
       where id = (select id from at_risk_flags where closed_at is null order by md5(id::text || $1) limit 1)`,
      [String(dice.int(1e6))],
    )),
  'note about somebody': async (db, dice, world) =>
    void (await insertRow(db, 'student_notes', {
      student_id: dice.pick(world.students).id,
      author_id: dice.pick(world.mentors).id,
      kind: dice.pick(['note', 'contact', 'risk']),
      body: 'Another note',
    })),
  'other signs of risk': async (db, dice) =>
    void (await db.query('update at_risk_rules set no_login_days = $1, configured = true', [dice.int(30)])),
};
