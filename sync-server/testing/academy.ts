import pino from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { naturalId } from '#contract/natural-id.ts';
import type { Operation, OperationVerdict, PushResponse } from '#contract/protocol.ts';
import type { Actor } from '#contract/roles.ts';
import type { Deps } from '../deps.ts';
import { readConfig } from '../config.ts';
import { asServer } from '../db/as-actor.ts';
import { createDrain } from '../http/drain.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { push } from '../sync/push/push.ts';
import { readOperation, type Received } from '../sync/push/parse-operation.ts';
import {
  assignMentor,
  createAssignment,
  createCompany,
  createCourse,
  createDevice,
  createLesson,
  createModule,
  createPerson,
  enrol,
  type Person,
} from './people.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { syncDefinitions } from '../features/index.ts';
import { recomputeUnlocks } from '../features/learning/index.ts';

const definitions = new Map(syncDefinitions.map((definition) => [definition.table.name, definition]));

type Write = Partial<Operation> & Pick<Operation, 'type' | 'set'>;

/** A database with a company, a clock that stands still until moved, and pushes by the product's own engine. */
export type Academy = {
  database: TestDatabase;
  deps: Deps;
  clock: { now(): Date; set(instant: string): void; pass(minutes: number): void };
  /** One push of one person; answers the verdicts in order. */
  push(person: Actor, writes: readonly Write[], deviceId?: string | null): Promise<OperationVerdict[]>;
  /** Rows as the server sees them. */
  rows<Row extends Record<string, unknown>>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** Decides a student's lessons without telling anybody. */
  settle(student: Actor): Promise<void>;
};

export async function openAcademy(settings: Parameters<typeof createCompany>[1] = {}): Promise<Academy> {
  const database = await createTestDatabase();
  let time = new Date('2027-03-01T08:00:00.000Z').getTime();
  const clock: Academy['clock'] = {
    now: () => new Date(time),
    set: (instant) => void (time = Date.parse(instant)),
    pass: (minutes) => void (time += minutes * 60_000),
  };
  const { server, people, serverKey } = database;
  const config = readConfig({ DATABASE_URL: database.url });
  const deps: Deps = {
    config,
    server,
    people,
    serverKey,
    clock,
    log: pino({ level: 'error' }, pino.destination(2)),
    metrics: createMetrics(),
    drain: createDrain(),
  };
  await createCompany(server, settings);
  return {
    database,
    deps,
    clock,
    async push(person, writes, deviceId = null) {
      const operations = writes.map((write) => readOperation(operation(write, clock.now())) as Received);
      const caller = {
        actor: person,
        sessionId: uuidv7(),
        exp: 0,
        deviceId,
        deviceKey: null,
        boundTo: uuidv7(),
        requestId: uuidv7(),
        address: null,
        confirmed: Promise.resolve(null),
      };
      return (JSON.parse(await push(deps, definitions, caller, operations)) as PushResponse).verdicts;
    },
    async rows<Row extends Record<string, unknown>>(statement: string, values: unknown[] = []) {
      return (await server.query<Row>(statement, values)).rows;
    },
    async settle(student) {
      await asServer(server, (tx) => recomputeUnlocks(tx, deps, student.id, { announce: false }));
    },
  };
}

const operation = (write: Write, now: Date): Operation => ({
  op: uuidv7(),
  id: uuidv7(),
  base: null,
  client_at: now.toISOString(),
  ...write,
});

/** `ok`, `conflict`, `wait files`, or the code of a refusal: what a test compares. */
export const outcome = (verdict: OperationVerdict | undefined): string => {
  if (!verdict) return 'nothing';
  if (verdict.s === 'refused') return verdict.code;
  return verdict.s === 'wait' ? `wait ${verdict.reason}` : verdict.s;
};

/** The chain of workflows 2.5: L1 with work a1, L2, L3 with work a3, L4; a student who has paid, and his mentor. */
export type Chain = {
  student: Person;
  mentor: Person;
  course: string;
  module: string;
  lessons: string[];
  a1: string;
  a3: string;
  device: string;
};

export async function createChain(
  { database, clock, settle }: Academy,
  numbers: { minutes?: number } = {},
): Promise<Chain> {
  const { server } = database;
  const student = await createPerson(server, 'student', { full_name: 'Ayesha' });
  const mentor = await createPerson(server, 'mentor', { full_name: 'Bilal' });
  await assignMentor(server, mentor.id, student.id);
  const course = await createCourse(server);
  const module = await createModule(server, course);
  const lessons: string[] = [];
  for (const title of ['First', 'Second', 'Third', 'Fourth']) {
    const lesson = await createLesson(server, module, { recording_title: title, has_media: true });
    await server.query('insert into lesson_media (id, provider, duration_seconds) values ($1, $2, $3)', [
      lesson,
      'file',
      (numbers.minutes ?? 1) * 60,
    ]);
    lessons.push(lesson);
  }
  const a1 = await createAssignment(server, lessons[0]!, { name: 'Plan' });
  const a3 = await createAssignment(server, lessons[2]!, { name: 'Report' });
  await enrol(server, student.id, { course_id: course }, { enrolled_at: clock.now().toISOString() });
  const device = await createDevice(server, student.id, { last_sync_at: clock.now().toISOString() });
  await settle(student);
  return { student, mentor, course, module, lessons, a1, a3, device };
}

/** Reports that a lesson was played from start to end. */
export const watch = (
  userId: string,
  lessonId: string,
  at: string,
  seconds = 60,
  base: string | null = null,
): Write => ({
  type: 'recording_views',
  id: naturalId('recording_views', userId, lessonId),
  base,
  set: {
    user_id: userId,
    lesson_id: lessonId,
    position_seconds: seconds,
    watched_ranges: [[0, seconds]],
    duration_seconds: 60,
    last_watched_at: at,
  },
});

export const handIn = (
  userId: string,
  assignmentId: string,
  at: string,
  more: Record<string, unknown> = {},
  id = uuidv7(),
): Write => ({
  type: 'submissions',
  op: uuidv7(),
  id,
  set: {
    assignment_id: assignmentId,
    student_id: userId,
    content: 'My answer',
    links: [],
    file_ids: [],
    client_submitted_at: at,
    based_on: null,
    ...more,
  },
});

export const review = (
  reviewerId: string,
  submissionId: string,
  decision: string,
  at: string,
  more: Record<string, unknown> = {},
): Write => ({
  type: 'submission_reviews',
  set: {
    submission_id: submissionId,
    submission_version: 1,
    reviewer_id: reviewerId,
    decision,
    notes: 'Show your sums',
    score: null,
    reviewed_at_client: at,
    ...more,
  },
});
