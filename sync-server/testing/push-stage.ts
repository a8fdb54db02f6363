import { randomUUID } from 'node:crypto';
import type { Operation } from '#contract/protocol.ts';
import { noteOf, operation } from './operations.ts';
import { assignMentor, createAssignment, createLesson, enrol, openLesson, type Person } from './people.ts';
import { openSyncStage } from './sync-stage.ts';

/** A small school for the tests of pushes: a course with one open lesson and one locked one, its students, a mentor, a device. */
export type PushStage = Awaited<ReturnType<typeof openPushStage>>;

export async function openPushStage() {
  const stage = await openSyncStage();
  const db = stage.database.server;
  const { course, module, lesson } = await stage.courseOfOne();
  const lockedLesson = await createLesson(db, module);
  const assignment = await createAssignment(db, lesson);
  /** Somebody with no lesson to write about. */
  const stranger = (): Promise<Person> => stage.person('student');
  /** Somebody to whom the lesson is open. */
  const pupil = async (): Promise<Person> => {
    const person = await stranger();
    await enrol(db, person.id, { course_id: course });
    await openLesson(db, person.id, lesson);
    return person;
  };
  const [student, other] = [await pupil(), await pupil()];
  const mentor = await stage.person('mentor');
  await assignMentor(db, mentor.id, student.id);

  return {
    ...stage,
    student,
    other,
    mentor,
    lesson,
    lockedLesson,
    assignment,
    /** The student's. */
    device: await stage.signIn(student),
    stranger,
    pupil,
    /** A new note of the student. */
    note: (set: Record<string, unknown> = {}): Operation => noteOf(student.id, lesson, set),
    /** Work of the student, handed in now. */
    work: (set: Record<string, unknown> = {}): Operation =>
      operation('submissions', randomUUID(), {
        set: {
          assignment_id: assignment,
          student_id: student.id,
          content: 'My work.',
          links: [],
          file_ids: [],
          client_submitted_at: new Date().toISOString(),
          based_on: null,
          ...set,
        },
      }),
    /** A change of the student's own row, made without knowing its present state. */
    profile: (set: Record<string, unknown>, given: Partial<Operation> = {}): Operation =>
      operation('users', student.id, { base: randomUUID(), set, ...given }),
    /** A value as it lies in the database; undefined where there is no such row. */
    column: async (table: string, id: string, name: string): Promise<unknown> => {
      const text = `select to_jsonb(t) -> $2 as value from ${table} t where id = $1`;
      return (await db.query<{ value: unknown }>(text, [id, name])).rows[0]?.value;
    },
    isStored: async (note: string): Promise<boolean> =>
      (await db.query('select from lesson_notes where id = $1', [note])).rowCount === 1,
  };
}
