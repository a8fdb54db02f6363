import type { Pool } from '../../db/sql.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { createBatch } from '../people.ts';
import type { Dice, World } from './world.ts';

/** Bundles, schedules, resources and onboarding of the random academy. */
export async function addContent(db: Pool, dice: Dice, world: World): Promise<void> {
  for (let at = 0; at < 2; at++) {
    const bundle = await insertRow(db, 'course_bundles', {
      name: `Bundle ${at}`,
      price: 100_00,
      is_published: at === 0,
    });
    for (const course_id of world.courses.slice(at, at + 2))
      await insertRow(db, 'bundle_courses', { bundle_id: bundle, course_id });
  }
  await insertRow(db, 'course_tracks', { name: 'Foundations' });
  for (const batch_id of world.batches) {
    await insertRow(db, 'batch_pathways', { batch_id, pathway_id: dice.pick(world.pathways) });
    for (const ahead of [-10, 0, 1, 7, 8, 40]) await addItem(db, dice, world, batch_id, ahead);
  }
  await addBatchOfNobody(db, dice, world);
  for (const course_id of world.courses)
    await insertRow(db, 'lesson_drip_overrides', { lesson_id: dice.pick(world.lessons), course_id, drip_days: 3 });
  await addResources(db, dice, world);
  await addOnboarding(db, dice, world);
}

async function addBatchOfNobody(db: Pool, dice: Dice, world: World): Promise<void> {
  const batch_id = await createBatch(db, { name: 'Of nobody', course_ids: [dice.pick(world.courses)] });
  await insertRow(db, 'batch_pathways', { batch_id, pathway_id: dice.pick(world.pathways) });
  await addItem(db, dice, world, batch_id, 0);
}

async function addItem(db: Pool, dice: Dice, world: World, batch: string, ahead: number): Promise<void> {
  const { rows } = await db.query<{ days: number }>(
    'select ((now() at time zone timezone)::date - start_date + $2::int) as days from batches where id = $1',
    [batch, ahead],
  );
  const type = dice.pick(['RECORDING', 'LIVE_SESSION']);
  await insertRow(db, 'batch_timeline_items', {
    batch_id: batch,
    type,
    title: `Day ${ahead}`,
    description: 'What happens',
    drip_offset_days: rows[0]!.days,
    lesson_id: type === 'RECORDING' ? dice.pick(world.lessons) : null,
    meeting_link: 'https://meet.example.test/secret',
    recording_url: 'https://video.example.test/secret',
  });
}

async function addResources(db: Pool, dice: Dice, world: World): Promise<void> {
  const targets = { pathway: world.pathways, course: world.courses, batch: world.batches };
  for (let at = 0; at < 3; at++) {
    const section_id = await insertRow(db, 'resource_sections', { name: `Section ${at}`, is_active: dice.chance(0.8) });
    for (const audience_type of ['all', 'pathway', 'course', 'batch', null] as const) {
      const resource_id = await insertRow(db, 'resources', {
        section_id,
        title: `For ${audience_type}`,
        content_type: 'rich_text',
        content: { markdown: 'Read me' },
        is_active: dice.chance(0.8),
      });
      if (audience_type === null) continue;
      const target_id = audience_type === 'all' ? null : dice.pick(targets[audience_type]);
      await insertRow(db, 'resource_audiences', { resource_id, audience_type, target_id });
    }
  }
}

async function addOnboarding(db: Pool, dice: Dice, world: World): Promise<void> {
  const questionnaire_id = await insertRow(db, 'questionnaires', {
    title: 'Welcome',
    is_active: true,
    questions: [{ id: 'why', text: 'Why?', order: 0, answerType: 'singleLine', required: true }],
  });
  await insertRow(db, 'questionnaires', { title: 'Draft', version: 2 });
  for (const { id } of world.students) {
    await insertRow(db, 'onboarding_responses', {
      user_id: id,
      questionnaire_id,
      questionnaire_version: 1,
      question_id: 'why',
      answer: 'Because',
      answer_type: 'singleLine',
    });
    await insertRow(db, 'learning_paths', {
      student_id: id,
      items: [{ course_id: dice.pick(world.courses), week: 1, reason: 'First' }],
    });
    await insertRow(db, 'pathway_choice_selections', {
      student_id: id,
      pathway_id: dice.pick(world.pathways),
      choice_group: 1,
      selected_course_id: dice.pick(world.courses),
    });
  }
}

type Change = (db: Pool, dice: Dice, world: World) => Promise<void>;
const anyRow = (table: string) => `(select id from ${table} order by md5(id::text || $1) limit 1)`;
const touch =
  (sql: string): Change =>
  async (db, dice) =>
    void (await db.query(sql, [String(dice.int(1_000_000))]));

/** Changes that move what stands around the lessons in or out of somebody's sight. */
export const contentChanges: Readonly<Record<string, Change>> = {
  'bundle published': touch(
    `update course_bundles set is_published = not is_published where id = ${anyRow('course_bundles')}`,
  ),
  'bundle deleted': touch(
    `update course_bundles set is_deleted = not is_deleted where id = ${anyRow('course_bundles')}`,
  ),
  'item moves': async (db, dice) =>
    void (await db.query(
      `update batch_timeline_items set drip_offset_days = greatest(0, drip_offset_days + $2) where id = ${anyRow('batch_timeline_items')}`,
      [String(dice.int(1e6)), dice.pick([-8, -1, 1, 8])],
    )),
  'item becomes a session': touch(
    `update batch_timeline_items set type = 'LIVE_SESSION', description = 'Live ' || $1 where id = ${anyRow('batch_timeline_items')}`,
  ),
  'batch drafted': async (db, dice) =>
    void (await db.query(`update batches set status = $2 where id = ${anyRow('batches')}`, [
      String(dice.int(1e6)),
      dice.pick(['draft', 'active', 'active', 'completed']),
    ])),
  'batch of another zone': async (db, dice) =>
    void (await db.query(`update batches set timezone = $2 where id = ${anyRow('batches')}`, [
      String(dice.int(1e6)),
      dice.pick(['Pacific/Kiritimati', 'Asia/Karachi', 'Pacific/Pago_Pago']),
    ])),
  'student joins a batch': async (db, dice, world) =>
    void (await db.query(`update course_enrollments set batch_id = $2 where id = ${anyRow('course_enrollments')}`, [
      String(dice.int(1e6)),
      dice.pick([...world.batches, null]),
    ])),
  'student restricted': async (db, dice, world) =>
    void (await db.query('update users set lms_status = $2 where id = $1', [
      dice.pick(world.students).id,
      dice.pick(['active', 'active', 'suspended', 'inactive', 'complete', 'dropout']),
    ])),
  'section shut': touch(
    `update resource_sections set is_active = not is_active where id = ${anyRow('resource_sections')}`,
  ),
  'resource shut': touch(`update resources set is_active = not is_active where id = ${anyRow('resources')}`),
  'resource moves': touch(
    `update resources set section_id = ${anyRow('resource_sections')}, title = 'Title ' || $1 where id = ${anyRow('resources')}`,
  ),
  'audience changes': async (db, dice, world) =>
    void (await db.query(
      `update resource_audiences set is_deleted = $2,
         audience_type = case when $3::uuid is null then 'all' else $4 end, target_id = $3
       where id = ${anyRow('resource_audiences')}
         and not exists (select from resource_audiences o where o.resource_id = resource_audiences.resource_id and o.id <> resource_audiences.id)`,
      [
        String(dice.int(1e6)),
        dice.chance(0.2),
        ...dice.pick<[string | null, string]>([
          [null, 'all'],
          [dice.pick(world.courses), 'course'],
          [dice.pick(world.pathways), 'pathway'],
          [dice.pick(world.batches), 'batch'],
        ]),
      ],
    )),
  'another questionnaire': async (db, dice) => {
    await db.query('update questionnaires set is_active = false where is_active');
    if (dice.chance(0.8))
      await db.query(`update questionnaires set is_active = true where id = ${anyRow('questionnaires')}`, [
        String(dice.int(1e6)),
      ]);
  },
  // What is merged by `or` never goes back.
  'onboarding begins': touch(
    `update students set onboarding_video_watched = true, answers_json = jsonb_build_object('a', $1) where id = ${anyRow('students')}`,
  ),
};
