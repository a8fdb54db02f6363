import { expect } from 'vitest';
import type { Replica } from '../data/types.ts';
import { createComputer, settled, type Computer } from './computer.ts';
import { startRealServer } from './real-server.ts';

const password = 'a calm river at dawn';

export type RealPerson = { id: string; email: string };
/** A person's computer with everything they may see on it. */
export type Desk = { computer: Computer; replica: Replica };

/** The real server with a company on it, a superadmin at work, and computers of other people. */
export type RealStage = Awaited<ReturnType<typeof openRealStage>>;

export async function openRealStage() {
  const server = await startRealServer();
  const { db, people } = server;
  const computers: Computer[] = [];
  const person = (role: string, options: object = {}): Promise<RealPerson> =>
    people.createPerson(db, role, { password, ...options });
  const newComputer = async ({ email }: RealPerson): Promise<Computer> => {
    const computer = await createComputer(server.url, email, password);
    computers.push(computer);
    return computer;
  };
  await people.createCompany(db);
  const office = await newComputer(await person('superadmin'));

  /** The superadmin gives a command of the app, which has to succeed. */
  async function command(name: string, input: object): Promise<void> {
    const connection = (await office.session.connection())!;
    const response = await connection.fetch(`${server.url}/functions/v1/${name}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await connection.accessToken()}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: JSON.stringify(input),
    });
    expect(await response.text()).toMatch(/^\{"success":true/);
  }

  return {
    server,
    person,
    newComputer,
    command,
    async arrive(who: RealPerson): Promise<Desk> {
      const computer = await newComputer(who);
      const replica = await computer.open();
      await settled(replica);
      return { computer, replica };
    },
    /** A student whose name, open lesson and task are texts to look for. */
    async studentWithSecrets(enrolment: object = {}) {
      const student = await person('student', { full_name: 'Ayesha Unforgettable' });
      const course = await people.createCourse(db, { title: 'A course of secrets' });
      const module = await people.createModule(db, course);
      const lesson = await people.createLesson(db, module, { description: 'The secret of the lesson' });
      const task = await people.createAssignment(db, lesson, { instructions: 'Secret instructions' });
      await people.openLesson(db, student.id, lesson);
      return {
        student,
        lesson,
        task,
        enrolment: await people.enrol(db, student.id, { course_id: course, ...enrolment }),
      };
    },
    suspend: ({ id }: RealPerson) =>
      command('suspend-student', { user_id: id, cause: 'manual', reason: 'words for staff' }),
    async lift({ id }: RealPerson): Promise<void> {
      const [open] = await server.query('select id from suspensions where user_id = $1 and lifted_at is null', [id]);
      await command('lift-suspension', { user_id: id, suspension_id: open!['id'], reason: 'sorted out' });
    },
    async close(): Promise<void> {
      for (const one of computers) await one.close();
      await server.close();
    },
  };
}

/** What lies on the disk under this text, wherever: live rows, masters under unsent writes, caches. */
export async function onDisk(computer: Computer, text: string): Promise<string[]> {
  return [...(await computer.disk())].flatMap(([place, rows]) =>
    rows.filter((row) => row.includes(text)).map(() => place),
  );
}
