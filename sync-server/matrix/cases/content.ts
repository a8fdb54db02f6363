import { randomUUID } from 'node:crypto';
import type { Role } from '#contract/roles.ts';
import { createBatch, createCourse, createLesson, createModule, createPathway } from '../../testing/people.ts';
import type { At, CommandCase } from './format.ts';
import { closedLessonOf } from './rows.ts';

type Row = Record<string, string | number | null>;
const staff: readonly Role[] = ['admin', 'superadmin'];
const teachers: readonly Role[] = ['mentor', ...staff];

const db = ({ stage }: At) => stage.database.server;
const courseOf = (at: At): Promise<string> => createCourse(db(at));
/** A module of a course; for a mentor, of one he covers. */
async function moduleOf(at: At): Promise<string> {
  const lesson = await closedLessonOf(at.stage, at.me);
  const [row] = await at.stage.rows<{ id: string }>('select module_id as id from available_lessons where id = $1', [
    lesson,
  ]);
  return row!.id;
}
const lessonOf = (at: At): Promise<string> => closedLessonOf(at.stage, at.me);
const courseOfLesson = async (at: At, lesson: string): Promise<string> =>
  (
    await at.stage.rows<{ id: string }>(
      'select m.course_id as id from available_lessons l join modules m on m.id = l.module_id where l.id = $1',
      [lesson],
    )
  )[0]!.id;

type Kind = {
  /** Who changes rows, and who makes them. */
  changers: readonly Role[];
  makers: readonly Role[];
  /** A row that can be made; its fields are its columns. */
  row: (at: At) => Promise<Row>;
  change: Row;
};
const ofStaff = (row: Kind['row'], change: Row): Kind => ({ changers: staff, makers: staff, row, change });

const kinds: Readonly<Record<string, Kind>> = {
  courses: ofStaff(async () => ({ title: 'Letters' }), { title: 'Better letters' }),
  course_bundles: ofStaff(async () => ({ name: 'Both', price: 100 }), { price: 200 }),
  learning_pathways: ofStaff(async () => ({ name: 'Builder' }), { name: 'Shop builder' }),
  pathway_courses: ofStaff(
    async (at) => ({ pathway_id: await createPathway(db(at), []), course_id: await courseOf(at), step_number: 1 }),
    { step_number: 2 },
  ),
  modules: {
    changers: teachers,
    makers: staff,
    row: async (at) => ({ course_id: await courseOfLesson(at, await lessonOf(at)), title: 'First steps' }),
    change: { title: 'Second steps' },
  },
  available_lessons: {
    changers: teachers,
    makers: staff,
    row: async (at) => ({ module_id: await moduleOf(at), recording_title: 'Prices', sequence_order: 50 }),
    change: { recording_title: 'Margins' },
  },
  assignments: {
    changers: teachers,
    makers: teachers,
    row: async (at) => ({ lesson_id: await lessonOf(at), name: 'A plan' }),
    change: { name: 'A better plan' },
  },
  recording_attachments: {
    changers: teachers,
    makers: teachers,
    row: async (at) => ({ lesson_id: await lessonOf(at), file_name: 'Sheet', file_url: 'https://example.test/sheet' }),
    change: { file_name: 'New sheet' },
  },
  lesson_drip_overrides: ofStaff(
    async (at) => {
      const lesson_id = await lessonOf(at);
      return { lesson_id, course_id: await courseOfLesson(at, lesson_id), drip_days: 3 };
    },
    { drip_days: 4 },
  ),
  course_tracks: ofStaff(async () => ({ name: `Track ${randomUUID()}` }), { description: 'What it is' }),
  batches: ofStaff(async () => ({ name: 'Batch', start_date: '2030-01-01' }), { name: 'Evenings' }),
  batch_timeline_items: ofStaff(
    async (at) => ({
      batch_id: await createBatch(db(at)),
      type: 'LIVE_SESSION',
      title: 'Questions',
      start_datetime: '2030-01-01T15:00:00.000Z',
    }),
    { title: 'Answers' },
  ),
  resource_sections: ofStaff(async () => ({ name: 'Handbooks' }), { name: 'Guides' }),
  resources: ofStaff(
    async (at) => ({ section_id: await at.stage.insert('resource_sections', { name: 'Links' }), title: 'Guide' }),
    { title: 'New guide' },
  ),
};

/** A resource's content is no plain column value. */
const contentOf = (table: string): object =>
  table === 'resources' ? { content_type: 'rich_text', content: { markdown: 'Read me' } } : {};

async function madeRow(at: At, table: string): Promise<{ id: string; v: string }> {
  const id = await at.stage.insert(table, { ...(await kinds[table]!.row(at)), ...contentOf(table) });
  const [row] = await at.stage.rows<{ v: string }>(`select v from ${table} where id = $1`, [id]);
  return { id, v: row!.v };
}

const casesOf = ([table, { changers, makers, row, change }]: [string, Kind]): CommandCase[] => [
  {
    name: 'save-content',
    roles: makers,
    input: async (at) => ({
      table,
      id: randomUUID(),
      expected_revision: null,
      fields: { ...(await row(at)), ...contentOf(table) },
    }),
  },
  {
    name: 'save-content',
    roles: changers,
    input: async (at) => {
      const { id, v } = await madeRow(at, table);
      return { table, id, expected_revision: v, fields: change };
    },
  },
  {
    name: 'delete-content',
    input: async (at) => {
      const { id, v } = await madeRow(at, table);
      return { table, id, expected_revision: v };
    },
  },
];

/** Rows that are a list of their parent's: it is filled, and emptied again. */
const lists: Readonly<
  Record<
    string,
    {
      parent: string;
      links: string;
      row: (at: At, parent: string) => Promise<Row>;
      items: (at: At) => Promise<unknown[]>;
    }
  >
> = {
  course_ids: {
    parent: 'course_bundles',
    links: 'bundle_courses',
    row: async (at, bundle_id) => ({ bundle_id, course_id: await courseOf(at) }),
    items: async (at) => [await courseOf(at)],
  },
  'course_ids of a batch': {
    parent: 'batches',
    links: 'batch_courses',
    row: async (at, batch_id) => ({ batch_id, course_id: await courseOf(at) }),
    items: async (at) => [await courseOf(at)],
  },
  pathway_ids: {
    parent: 'batches',
    links: 'batch_pathways',
    row: async (at, batch_id) => ({ batch_id, pathway_id: await createPathway(db(at), []) }),
    items: async (at) => [await createPathway(db(at), [])],
  },
  audiences: {
    parent: 'resources',
    links: 'resource_audiences',
    row: async (_, resource_id) => ({ resource_id, audience_type: 'all', target_id: null }),
    items: async () => [{ audience_type: 'all', target_id: null }],
  },
};

const listCases: CommandCase[] = Object.entries(lists).flatMap(([name, { parent, links, row, items }]) => {
  const field = name.split(' ')[0]!;
  const save = async (at: At, isFilled: boolean) => {
    const { id, v } = await madeRow(at, parent);
    if (!isFilled) await at.stage.insert(links, await row(at, id));
    return { table: parent, id, expected_revision: v, fields: { [field]: isFilled ? await items(at) : [] } };
  };
  return [true, false].map((isFilled) => ({
    name: 'save-content',
    roles: staff,
    input: (at: At) => save(at, isFilled),
  }));
});

const liveIds = async ({ stage }: At, statement: string, values: unknown[] = []): Promise<string[]> =>
  (await stage.rows<{ id: string }>(statement, values)).map(({ id }) => id);

/** Two rows under a new parent, or all there are, the other way round. */
const orders: Readonly<Record<string, (at: At) => Promise<{ parent_id: string | null; ids: string[] }>>> = {
  courses: async (at) => ({
    parent_id: null,
    ids: await liveIds(at, 'select id from courses where not is_deleted order by sequence_order desc, id desc'),
  }),
  resource_sections: async (at) => ({
    parent_id: null,
    ids: await liveIds(
      at,
      'select id from resource_sections where not is_deleted order by display_order desc, id desc',
    ),
  }),
  modules: async (at) => {
    const course = await courseOf(at);
    const first = await createModule(db(at), course, { sequence_order: 1 });
    return { parent_id: course, ids: [await createModule(db(at), course, { sequence_order: 2 }), first] };
  },
  available_lessons: async (at) => {
    const module = await createModule(db(at), await courseOf(at));
    const first = await createLesson(db(at), module);
    return { parent_id: module, ids: [await createLesson(db(at), module), first] };
  },
  batch_timeline_items: async (at) => {
    const batch_id = await createBatch(db(at));
    const item = { batch_id, type: 'LIVE_SESSION', title: 'Questions' };
    const first = await at.stage.insert('batch_timeline_items', item);
    return { parent_id: batch_id, ids: [await at.stage.insert('batch_timeline_items', item), first] };
  },
  resources: async (at) => {
    const { id } = await madeRow(at, 'resources');
    const [row] = await at.stage.rows<{ section: string }>(
      'select section_id as section from resources where id = $1',
      [id],
    );
    return { parent_id: row!.section, ids: [id] };
  },
};

const orderCases: CommandCase[] = Object.entries(orders).map(([table, order]) => ({
  name: 'reorder-content',
  input: async (at) => ({ table, ...(await order(at)) }),
}));

/** What the team and, in their courses, mentors do to content (workflows 3.28, 3.42). */
export const contentCommands: readonly CommandCase[] = [
  ...Object.entries(kinds).flatMap(casesOf),
  ...listCases,
  ...orderCases,
];
