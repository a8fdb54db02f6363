import { randomUUID } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, expect } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import type { OperationVerdict } from '#contract/protocol.ts';
import { tables, tableNames, type TableName } from '#contract/tables/index.ts';
import type { Client } from '../testing/api-client.ts';
import { operation } from '../testing/operations.ts';
import { pull } from '../testing/sync-client.ts';
import { createSubmission } from '../testing/people.ts';
import { e2eIds, openStage, type Stage } from './stage.fixture.ts';

/** Any value in any column of any table, as any person, against rows of one's own and of others. */

let stage: Stage;
let clients: Client[];
/** Ids of rows of every table, whoever's they are. */
const known = new Map<TableName, string[]>();
const people = () => [...clients.map(({ userId }) => userId), stage.zain.id];

beforeAll(async () => {
  stage = await openStage();
  await createSubmission(stage.database.server, stage.zain.id, e2eIds.w1, { content: 'Zain’s plan' });
  await createSubmission(stage.database.server, e2eIds.ayesha, e2eIds.w2, { content: 'A letter' });
  clients = [];
  for (const name of ['ayesha', 'bilal', 'omar'] as const) clients.push(await stage.signIn(name));
  for (const client of clients) await pull(client, null);
  for (const name of tableNames)
    known.set(
      name,
      (await stage.rows<{ id: string }>(`select id from ${name}`)).map(({ id }) => id),
    );
});
afterAll(() => stage.close());

const anything = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 2 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 2 },
    fc.constantFrom(...people(), e2eIds.l1, e2eIds.l3, e2eIds.w1, e2eIds.w2, e2eIds.m1),
    fc.constantFrom('approved', 'superadmin', 'active', 'paid', 'ready', 'completion', 'user_unlocks', 'submissions'),
    fc.constantFrom<unknown>(0, -1, 1, 1e308, 2 ** 31, 2 ** 53, true, false, null, '', [], {}, [[0, 60]], [[-1, 1e9]]),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom('0000-02-29T00:00:00Z', '2026-11-22', '-infinity', 'now', '294276-12-31T00:00:00Z'),
  );

/** Mostly columns of the table itself, those included that only the server writes. */
function anyOperation(type: TableName) {
  const columns = [...Object.keys(tables[type].row.shape), 'is_deleted', 'v', 'origin_device_id', 'client_at'];
  const ids = [...known.get(type)!, ...people().flatMap((id) => [naturalId(type, id), naturalId(type, id, e2eIds.l1)])];
  return fc.record({
    type: fc.constant(type),
    op: fc.uuid(),
    id: fc.oneof(fc.constantFrom(...ids), fc.uuid()),
    base: fc.oneof(fc.constant(null), fc.uuid()),
    set: fc.dictionary(
      fc.oneof({ arbitrary: fc.constantFrom(...columns), weight: 9 }, fc.string({ maxLength: 70 })),
      anything(),
      { maxKeys: 9 },
    ),
    deleted: fc.constantFrom(undefined, undefined, undefined, true, false),
    client_at: fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  });
}
const anyPush = () => fc.tuple(...tableNames.map(anyOperation)).map((list): unknown[] => list);

/** Everything nobody of these three may change in any way, as one text; own names, notes and the like are left out. */
async function untouchable(): Promise<string> {
  const ids = clients.map(({ userId }) => userId);
  const reads = [
    `select t.id, role, status, lms_status, lms_status_reason, login_blocked, email, created_by, is_temp_password from users t`,
    `select t.* from users t where id <> all ($1)`,
    `select t.id, student_number, fees_cleared, onboarding_completed, discount_amount, final_fee_amount from students t`,
    `select t.id, t.user_id, platform, revoked_at, lease_until > now() + interval '20 days' as far from devices t`,
    `select t.id, assignment_id, student_id, content, version, status, reviewed_by, notes, score from submissions t`,
    `select t.* from user_unlocks t`,
    `select t.* from notifications t where user_id <> all ($1)`,
    `select t.* from lesson_notes t where user_id <> all ($1)`,
    ...[
      'invoices',
      'course_enrollments',
      'company_settings',
      'courses',
      'modules',
      'available_lessons',
      'lesson_media',
      'assignments',
      'batches',
      'student_mentor_assignments',
      'mentor_course_assignments',
      'recording_attachments',
      'user_credentials',
    ].map((name) => `select t.* from ${name} t`),
  ];
  const texts = [];
  for (const read of reads) {
    const values = read.includes('$1') ? [ids] : [];
    const [row] = await stage.rows<{ all: string }>(
      `select coalesce(jsonb_agg(to_jsonb(x) order by x.id), '[]')::text as all from (${read.replace('select t.* from user_credentials t', 'select user_id as id, t.* from user_credentials t')}) x`,
      values,
    );
    texts.push(row!.all);
  }
  return texts.join('\n');
}

test(
  'a push of any values into any columns is never a failure, holds up no other row, and moves nothing that is not its own',
  { timeout: 60_000 },
  async () => {
    const before = await untouchable();
    await fc.assert(
      fc.asyncProperty(fc.nat(2), anyPush(), async (person, ops) => {
        const client = clients[person]!;
        const good = operation('lesson_notes', randomUUID(), {
          set: { user_id: client.userId, lesson_id: e2eIds.l1, at_seconds: null, body: 'Good', copy_of: null },
        });
        const response = await client.call('POST', '/sync/v1/push', { ops: [...ops, good] });
        const text = await response.text();
        expect(response.status, text).toBe(200);
        const { verdicts } = JSON.parse(text) as { verdicts: OperationVerdict[] };
        expect(verdicts).toHaveLength(ops.length + 1);
        for (const verdict of verdicts) expect(verdict, JSON.stringify(ops)).not.toMatchObject({ code: 'unknown' });
        // Who has no lessons has no notes on them.
        expect(verdicts.at(-1)).toMatchObject({ op: good.op, s: person === 2 ? 'refused' : 'ok' });
      }),
      { numRuns: 25, endOnFailure: true },
    );
    expect(await untouchable()).toBe(before);
  },
);
