import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkBuckets } from '#contract/protocol.ts';
import { families } from '#contract/tables/index.ts';
import type { Client } from '../testing/api-client.ts';
import { openStream, pull, push } from '../testing/sync-client.ts';
import { operation } from '../testing/operations.ts';
import { tableNames } from '#contract/tables/index.ts';
import { expectedDesk, type DeskFacts } from './desk-expected.fixture.ts';
import { expectedMoney } from './money-expected.fixture.ts';
import { canariesIn, plantCanaries, type Place, type Planted } from './canaries.fixture.ts';
import { contentShown } from './content-rows.fixture.ts';
import { fillEveryTable, fillSingles } from './full-academy.fixture.ts';
import { companyFace, rewardsAllowed, rewardsBarren } from './rewards-rows.fixture.ts';
import { e2eIds, openStage, type Stage } from './stage.fixture.ts';

/**
 * A canary in every column of every row of every table; then every byte that each role's devices receive is read. Only what
 * the lists below name may be in it. They are written from the specification, not from the product's own visibility.
 */
const readers = ['ayesha', 'bilal', 'omar', 'dua', 'sana'] as const;
type Reader = (typeof readers)[number];

let stage: Stage;
let planted: Planted;
/** What of its row a person of the academy may read, by table; a row of which nothing may be read answers nothing. */
type Allowed = Record<string, (row: Record<string, unknown>) => string>;
let allowed: Record<Reader, Allowed>;
const clients = new Map<Reader, Client>();
const heard = new Map<Reader, string>();

beforeAll(async () => {
  stage = await openStage();
  for (const name of readers) clients.set(name, await stage.signIn(name));
  const { rida, nida } = await fillEveryTable(stage);
  await fillSingles(stage);
  allowed = await expectations([stage.zain.id], { rida: rida.id, nida: nida.id });
  planted = await plantCanaries(stage.database.server);
  for (const name of readers) heard.set(name, await listen(clients.get(name)!));
});
afterAll(() => stage.close());

/** Everything the doors of sync say to this person: a first pull, a stream, a check that claims to hold nothing, and pushes at every row. */
async function listen(client: Client): Promise<string> {
  const first = await pull(client, null);
  const stream = await openStream(client, null);
  await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
  await stream.close();
  const guessed = Array<string>(checkBuckets).fill('0123456789abcdef');
  const check = await client.call('POST', '/sync/v1/check', {
    families: Object.fromEntries(families.map((family) => [family, guessed])),
  });
  expect(check.status).toBe(200);
  const pokes = [];
  for (const name of tableNames) {
    const rows = await stage.rows<{ id: string }>(`select id from ${name} order by id limit 12`);
    pokes.push(
      ...rows.map(({ id }, at) => operation(name, id, { deleted: at % 2 === 1, base: at % 2 === 1 ? id : null })),
    );
  }
  const verdicts = [];
  while (pokes.length > 0) verdicts.push(...(await push(client, pokes.splice(0, 1000))));
  const account = await (await client.call('GET', '/auth/v1/user')).text();
  const whoami = await (await client.call('POST', '/functions/v1/whoami', {})).text();
  return JSON.stringify([first.frames, stream.frames, verdicts]) + (await check.text()) + account + whoami;
}

const seen = (name: Reader): Place[] =>
  [...new Set(canariesIn(heard.get(name)!))].map((canary) => planted.places.get(canary)!);

async function expectations(
  [zain]: [string],
  { rida, nida }: { rida: string; nida: string },
): Promise<Record<Reader, Allowed>> {
  const { c1, c2, m1, m2, l1, l2, l3, k1, b1, ayesha, bilal, sana } = e2eIds;
  const content = await contentShown(stage, zain);
  const opened = new Set(
    (
      await stage.rows<{ lesson_id: string }>('select lesson_id from user_unlocks where user_id = $1 and is_unlocked', [
        ayesha,
      ])
    ).map((row) => row.lesson_id),
  );
  const ahead = new Set(
    (
      await stage.rows<{ lesson_id: string }>(
        'select lesson_id from user_unlocks where user_id = $1 and offline_openable',
        [ayesha],
      )
    ).map((row) => row.lesson_id),
  );
  const works = await stage.rows<{ id: string; student_id: string; file_ids: string[]; course: string }>(
    'select s.id, student_id, file_ids, app_assignment_course(assignment_id) as course from submissions s',
  );
  const attached = await stage.rows<{ lesson_id: string; file_id: string }>(
    'select lesson_id, file_id from recording_attachments where file_id is not null',
  );
  const created = (await stage.rows<{ id: string }>('select id from users where created_by = $1', [e2eIds.omar])).map(
    ({ id }) => id,
  );
  const of =
    (...ids: unknown[]) =>
    (id: unknown) =>
      ids.includes(id);
  const isLesson = of(l1, l2, l3, k1);
  const file = 'path original_name mime bytes';

  /** Rows about oneself, the same for every role. */
  const own = (me: string): Allowed => ({
    company_settings: () => companyFace,
    users: ({ id }) => (id === me ? 'email full_name phone dream_goal_summary' : ''),
    devices: ({ user_id }) => (user_id === me ? 'label platform app_version' : ''),
    notifications: ({ user_id, channel, status }) =>
      user_id === me && channel === 'in_app' && status === 'sent' ? 'template_key title body payload' : '',
    notification_settings: ({ user_id }) => (user_id === me ? 'mutes quiet_hours whatsapp_opt_in_source' : ''),
    sync_rejections: ({ user_id }) => (user_id === me ? 'collection doc_id message pushed_doc' : ''),
    lesson_notes: ({ user_id }) => (user_id === me ? 'body' : ''),
    submission_reviews: ({ reviewer_id }) => (reviewer_id === me ? 'reviewer_name notes' : ''),
    files: ({ owner_id }) => (owner_id === me ? file : ''),
  });
  const catalogue: Allowed = {
    courses: () => 'title description price',
    learning_pathways: () => 'name description price',
    batches: () => 'name timezone whatsapp_group_link facebook_community_link',
  };
  const mine = own(ayesha);
  const student: Allowed = {
    ...mine,
    ...content.student,
    students: ({ id }) => (id === ayesha ? 'goal_brief answers_json' : ''),
    ...rewardsAllowed.student(ayesha),
    mentors: ({ id }) => (id === nida ? '' : 'display_name bio specialties'),
    courses: ({ id }) => (of(c1, c2)(id) ? catalogue['courses']!({}) : ''),
    modules: ({ id }) => (of(m1, m2)(id) ? 'title description' : ''),
    batches: ({ id }) => (id === b1 ? catalogue['batches']!({}) : ''),
    course_enrollments: ({ student_id }) => (student_id === ayesha ? 'total_amount amount_paid' : ''),
    available_lessons: ({ id }) =>
      isLesson(id) ? `recording_title ${opened.has(id as string) || ahead.has(id as string) ? 'description' : ''}` : '',
    recording_attachments: ({ lesson_id }) => (opened.has(lesson_id as string) ? 'file_name file_url' : ''),
    lesson_media: ({ id }) =>
      opened.has(id as string) || ahead.has(id as string) ? 'mime captions chunk_sha256 bytes' : '',
    assignments: ({ lesson_id }) =>
      isLesson(lesson_id)
        ? `name ${opened.has(lesson_id as string) || ahead.has(lesson_id as string) ? 'description instructions' : ''}`
        : '',
    recording_views: ({ user_id }) => (user_id === ayesha ? 'watched_ranges' : ''),
    recording_ratings: ({ user_id }) => (user_id === ayesha ? 'feedback' : ''),
    submissions: ({ student_id }) => (student_id === ayesha ? 'content links based_on notes receipt' : ''),
    submission_reviews: ({ submission_id, outcome }) =>
      outcome === 'applied' && works.some(({ id, student_id }) => id === submission_id && student_id === ayesha)
        ? 'reviewer_name notes'
        : '',
    files: ({ id, owner_id }) =>
      owner_id === ayesha || attached.some(({ file_id, lesson_id }) => file_id === id && opened.has(lesson_id))
        ? file
        : '',
  };
  const inScope = of(ayesha, zain);
  const isTaught = of(c1, c2);
  const lessons: Allowed = {
    available_lessons: () => 'recording_title description notes',
    recording_attachments: () => 'file_name file_url',
    lesson_media: () => 'mime captions chunk_sha256 bytes',
    assignments: () => 'name description instructions',
  };
  const mentor: Allowed = {
    ...own(bilal),
    ...rewardsAllowed.mentor(inScope),
    ...catalogue,
    ...content.mentor,
    batches: ({ id }) => (id === b1 ? catalogue['batches']!({}) : ''),
    users: (row) => (inScope(row['id']) ? 'email full_name phone dream_goal_summary' : own(bilal)['users']!(row)),
    students: ({ id }) => (inScope(id) ? 'goal_brief answers_json' : ''),
    mentors: () => 'display_name bio specialties',
    modules: ({ course_id }) => (isTaught(course_id) ? 'title description' : ''),
    available_lessons: ({ id }) => (isLesson(id) ? lessons['available_lessons']!({}) : ''),
    recording_attachments: ({ lesson_id }) => (isLesson(lesson_id) ? 'file_name file_url' : ''),
    lesson_media: ({ id }) => (isLesson(id) ? lessons['lesson_media']!({}) : ''),
    assignments: ({ lesson_id }) => (isLesson(lesson_id) ? lessons['assignments']!({}) : ''),
    recording_views: ({ user_id }) => (inScope(user_id) ? 'watched_ranges' : ''),
    recording_ratings: ({ lesson_id }) => (isLesson(lesson_id) ? 'feedback' : ''),
    submissions: ({ id }) =>
      works.some((work) => work.id === id && isTaught(work.course)) ? 'content links based_on notes receipt' : '',
    files: ({ id, owner_id }) =>
      owner_id === bilal ||
      works.some(({ file_ids, course }) => file_ids.includes(id as string) && isTaught(course)) ||
      attached.some(({ file_id, lesson_id }) => file_id === id && isLesson(lesson_id))
        ? file
        : '',
  };
  const manager = own(e2eIds.omar);
  const enrolment: Allowed = {
    ...manager,
    ...catalogue,
    ...content.manager,
    users: (row) => (created.includes(row['id'] as string) ? 'email full_name phone' : manager['users']!(row)),
    students: ({ id }) => (created.includes(id as string) ? 'goal_brief' : ''),
  };
  const staff = (me: string): Allowed => ({
    ...own(me),
    ...catalogue,
    ...rewardsAllowed.staff(),
    ...lessons,
    ...content.staff,
    users: (row) =>
      row['id'] === me ? own(me)['users']!(row) : row['role'] === 'superadmin' && me !== sana ? '' : 'full_name',
    students: () => 'goal_brief',
    mentors: () => 'display_name bio specialties',
    modules: () => 'title description',
    submissions: () => 'content links based_on notes receipt',
    files: ({ id, owner_id }) =>
      owner_id === me ||
      works.some(({ file_ids }) => file_ids.includes(id as string)) ||
      attached.some(({ file_id }) => file_id === id)
        ? file
        : '',
  });
  expect(created).toEqual([rida]);
  const money = expectedMoney(ayesha, inScope, of(...created));
  const desk = expectedDesk(await deskFacts(), {
    student: ayesha,
    host: bilal,
    admin: e2eIds.dua,
    isOfManager: of(...created),
  });
  return {
    ayesha: together(student, money.ayesha, desk.ayesha),
    bilal: together(mentor, money.bilal, desk.bilal),
    omar: together(enrolment, money.omar, desk.omar),
    dua: together(staff(e2eIds.dua), money.dua, desk.dua),
    sana: together(staff(sana), money.sana, desk.sana),
  };
}

/** Several reasons to read a row: the columns of all of them. */
const together = (...reasons: readonly Allowed[]): Allowed =>
  Object.fromEntries(
    [...new Set(reasons.flatMap((reason) => Object.keys(reason)))].map((table) => [
      table,
      (row) => reasons.map((reason) => reason[table]?.(row) ?? '').join(' '),
    ]),
  );

const deskFacts = async (): Promise<DeskFacts> => ({
  tickets: await stage.rows('select id, student_id from support_tickets'),
  replies: await stage.rows('select is_internal, ticket_id, file_ids from support_ticket_replies'),
  threads: await stage.rows(
    `select t.id, t.kind, t.student_id, array(select m.user_id from thread_members m where m.thread_id = t.id) as members
     from message_threads t`,
  ),
});

const leaksTo = (name: Reader): string[] => {
  const leaks = seen(name).filter(
    ({ table, column, row }) => !(allowed[name][table]?.(row) ?? '').split(' ').includes(column),
  );
  return [...new Set(leaks.map(({ table, column }) => `${table}.${column}`))];
};

test('the canaries stand in every table and nearly every column', () => {
  const tables = new Set([...planted.places.values()].map(({ table }) => table));
  expect(tables.size).toBeGreaterThan(35);
  expect(planted.places.size).toBeGreaterThan(700);
  // Columns whose checks allow a few words only.
  expect(
    planted.barren.filter(
      (name) =>
        !rewardsBarren.test(name) &&
        !/\.(status|role|cause|kind|channel|state|source|reason|aal|outcome|decision|code|bucket|provider|currency|sha256|lms_status|lms_status_reason|payment_status|enrollment_source|submission_type|priority|risk_level|snapshot_source|student_number|key|logo|snapshot_currency|payment_method|action_type|closed_as|close_cause|message_type|message_status|overdue_penalty_type|type|item_type|stage|session_status|content_type|audience_type|answer_type|created_by|class|link|recording_url|audience|method|ticket_number|category|member_key)$/.test(
          name,
        ),
    ),
  ).toEqual([]);
});

describe.each(readers)('%s', (name) => {
  test('the scanner finds what this person may read', () => {
    const found = new Set(seen(name).map(({ table, column }) => `${table}.${column}`));
    const expected = {
      ayesha: 'lesson_notes.body',
      bilal: 'available_lessons.notes',
      omar: 'users.phone',
      dua: 'submissions.content',
      sana: 'users.full_name',
    };
    expect(found).toContain(expected[name]);
    expect(found).toContain('company_settings.company_name');
    expect(found.size).toBeGreaterThan(20);
  });

  test('receives nothing else: no byte of any other row or column', () => {
    expect(leaksTo(name)).toEqual([]);
  });

  test('misses nothing of what this person may read', () => {
    const found = new Set(seen(name));
    const missing = [...planted.places.values()].filter(
      (place) => (allowed[name][place.table]?.(place.row) ?? '').split(' ').includes(place.column) && !found.has(place),
    );
    expect(missing.map(({ table, column, row }) => `${table}.${column} ${String(row['id'])}`)).toEqual([]);
  });
});

test('a leak is found: a note published to everybody, and a phone number in the text of a document', async () => {
  const [note] = await stage.rows<{ id: string }>('select id from lesson_notes where user_id = $1', [stage.zain.id]);
  await stage.rows(
    `insert into sync_rows (type, id, scope, rank, v, body)
     select 'lesson_notes', n.id, 'all', 1, n.v, jsonb_build_object('type', 'lesson_notes', 'id', n.id, 'v', n.v, 'body', n.body, 'x', u.phone)::text
     from lesson_notes n join users u on u.id = n.user_id where n.id = $1`,
    [note!.id],
  );
  heard.set('ayesha', await listen(clients.get('ayesha')!));
  expect(leaksTo('ayesha').toSorted()).toEqual(['lesson_notes.body', 'users.phone']);
});
