import type { Pool } from '../../db/sql.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import type { Dice, World } from './world.ts';

/** Milestones, awards, certificates, a ranking of all students, connections and numbers. */
export async function addRewards(db: Pool, dice: Dice, { students, courses, batches }: World): Promise<void> {
  for (const [at, name] of ['Gold', 'Silver', 'Bronze'].entries()) {
    const badge = await insertRow(db, 'badges', { name: `${name} badge` });
    await insertRow(db, 'milestones', {
      name: `${name} work`,
      description: 'Well done',
      trigger_type: 'manual',
      badge_id: badge,
      is_active: at > 0,
    });
  }
  // Most stand far below the first fifty, so that batch and mentor decide who sees them.
  for (const [at, { id }] of students.entries()) {
    await db.query(
      `insert into user_milestones (user_id, milestone_id) select $1, id from milestones where name like '% work'`,
      [id],
    );
    await db.query(`insert into user_badges (user_id, badge_id) select $1, id from badges where name = 'Gold badge'`, [
      id,
    ]);
    await insertRow(db, 'certificates', {
      student_id: id,
      type: 'course',
      course_id: dice.pick(courses),
      number: `CERT-2026-${String(at + 1).padStart(6, '0')}`,
      title: 'A course',
      printed_name: 'Somebody',
      verification_code: 'ABCDEFGHIJKLMNO'.slice(0, 15) + 'ABCDEFGH'[at],
    });
    await insertRow(db, 'leaderboard_snapshots', {
      user_id: id,
      period: 'all',
      display_name: `Student ${at}`,
      avatar_initials: 'S',
      rank: at < 2 ? at + 1 : 60 + at,
      batch_id: dice.chance(0.7) ? dice.pick(batches) : null,
    });
    if (dice.chance(0.6))
      await insertRow(db, 'integrations', { user_id: id, source: 'shopify', external_id: 'a.shop' });
    await insertRow(db, 'user_metrics', {
      user_id: id,
      source: 'lms',
      metric: 'rating_reward_xp',
      value: 2,
      date: '2026-11-22',
    });
  }
}

const anyRow = (table: string) => `(select id from ${table} order by md5(id::text || $1) limit 1)`;
const change = (sql: string) => async (db: Pool, dice: Dice) =>
  void (await db.query(sql, [String(dice.int(1_000_000))]));

/** What moves these rows in or out of somebody's sight. */
export const rewardsChanges: Record<string, (db: Pool, dice: Dice) => Promise<void>> = {
  'milestone switched': change(`update milestones set is_active = not is_active where id = ${anyRow('milestones')}`),
  'award taken back': change(
    `update user_milestones set is_deleted = not is_deleted where id = ${anyRow('user_milestones')}`,
  ),
  'name hidden': change(
    `update students set leaderboard_hidden = not leaderboard_hidden where id = ${anyRow('students')}`,
  ),
  'rank changes': change(
    `update leaderboard_snapshots set rank = case when rank > 50 then 1 + length($1) else 60 end where id = ${anyRow('leaderboard_snapshots')}`,
  ),
  'batch of a rank': change(
    `update leaderboard_snapshots set batch_id = ${anyRow('batches')} where id = ${anyRow('leaderboard_snapshots')}`,
  ),
  'notice released': change(
    `update notifications set send_at = case when send_at is null then now() end where id = ${anyRow('notifications')}`,
  ),
};
