import type { NewRow } from '../seed/insert-rows.ts';
import { e2eIds, type Stage } from './stage.fixture.ts';

type Insert = (table: string, row: NewRow) => Promise<string>;
type Strangers = { zain: string; rida: string; hidden: string; batch: string; pathway: string };

/** Bundles, schedules, resources and onboarding: of Ayesha, of strangers, and what is not published yet. */
export async function fillContent(insert: Insert, { zain, rida, hidden, batch, pathway }: Strangers): Promise<void> {
  for (const is_published of [true, false]) {
    const bundle_id = await insert('course_bundles', { name: 'x', description: 'x', price: 1, is_published });
    await insert('bundle_courses', { bundle_id, course_id: hidden });
  }
  for (const batch_id of [e2eIds.b1, batch]) await fillSchedule(insert, batch_id);
  await fillResources(insert, hidden);
  for (const [title, is_active] of [
    ['asked', true],
    ['draft', false],
  ] as const)
    await insert('questionnaires', { title, is_active });
  for (const student of [e2eIds.ayesha, zain, rida]) {
    await insert('onboarding_responses', { user_id: student, question_id: 'x', answer: 'x', answer_type: 'text' });
    await insert('learning_paths', { student_id: student, items: [{ course_id: hidden, week: 1, reason: 'x' }] });
    await insert('pathway_choice_selections', {
      student_id: student,
      pathway_id: pathway,
      choice_group: 1,
      selected_course_id: hidden,
    });
  }
}

/** One item of each kind: long ago, within the week, and far ahead. Batches of the fixtures began at different days. */
async function fillSchedule(insert: Insert, batch_id: string): Promise<void> {
  const item = { batch_id, title: 'x', description: 'x', meeting_link: 'x', recording_url: 'x' };
  for (const type of ['RECORDING', 'LIVE_SESSION'])
    for (const drip_offset_days of [0, 3650]) await insert('batch_timeline_items', { ...item, type, drip_offset_days });
}

async function fillResources(insert: Insert, hidden: string): Promise<void> {
  for (const target_id of [e2eIds.c1, hidden]) {
    const name = target_id === hidden ? 'of others' : 'of mine';
    const section_id = await insert('resource_sections', { name, description: 'x', icon: 'x' });
    for (const is_active of [true, false]) {
      const resource_id = await insert('resources', {
        section_id,
        title: is_active ? name : 'shut',
        description: 'x',
        content_type: 'rich_text',
        content: { markdown: 'x' },
        is_active,
      });
      await insert('resource_audiences', { resource_id, audience_type: 'course', target_id });
    }
  }
}

type Row = Record<string, unknown>;
type Shown = Record<string, (row: Row) => string>;

/** What of these rows each reader may read, written from the specification; asked before any text is replaced. */
export async function contentShown(
  { rows }: Stage,
  zain: string,
): Promise<Record<'student' | 'mentor' | 'manager' | 'staff', Shown>> {
  const { ayesha, b1 } = e2eIds;
  const ids = async (statement: string): Promise<unknown[]> =>
    (await rows<{ id: string }>(statement)).map(({ id }) => id);
  const mine = [
    ...(await ids("select id from resources where title = 'of mine'")),
    ...(await ids("select id from resource_sections where name = 'of mine'")),
  ];
  const item = 'title description';
  const links = 'meeting_link recording_url';
  const bundle: Shown = { course_bundles: () => 'name description price' };
  const section = 'name description icon';
  const resource = 'title description content';
  return {
    student: {
      course_bundles: ({ is_published }) => (is_published ? 'name description price' : ''),
      course_tracks: () => 'name description criteria',
      batch_timeline_items: ({ batch_id, stage, type }) => {
        if (batch_id !== b1 || stage === 'hidden') return '';
        if (stage === 'announced') return 'title';
        return type === 'LIVE_SESSION' ? `${item} ${links}` : item;
      },
      resource_sections: ({ id }) => (mine.includes(id) ? section : ''),
      resources: ({ id }) => (mine.includes(id) ? resource : ''),
      questionnaires: ({ is_active }) => (is_active ? 'title questions' : ''),
      onboarding_responses: ({ user_id }) => (user_id === ayesha ? 'question_id answer' : ''),
      learning_paths: ({ student_id }) => (student_id === ayesha ? 'items' : ''),
    },
    mentor: {
      ...bundle,
      course_tracks: () => 'name description criteria',
      batch_timeline_items: ({ batch_id }) => (batch_id === b1 ? `${item} ${links}` : ''),
      resource_sections: () => section,
      resources: () => resource,
      questionnaires: ({ is_active }) => (is_active ? 'title questions' : ''),
      learning_paths: ({ student_id }) => (([ayesha, zain] as unknown[]).includes(student_id) ? 'items' : ''),
    },
    manager: bundle,
    staff: {
      ...bundle,
      course_tracks: () => 'name description criteria',
      batch_timeline_items: () => `${item} ${links}`,
      resource_sections: () => section,
      resources: () => resource,
      questionnaires: () => 'title questions',
    },
  };
}
