import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../../sync-server/db/embedded-postgres.ts';
import type { Pool } from '../../../sync-server/db/sql.ts';
import { mainPeople } from '../../../sync-server/seed/main-people.ts';
import { seedDemo } from '../../../sync-server/seed/index.ts';
import { createPerson, enrol, type Person } from '../../../sync-server/testing/people.ts';
import { buildTemplate, createTestDatabase, type TestDatabase } from '../../../sync-server/testing/test-database.ts';
import { writeNotes } from './notes.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';

/** Of everybody in the measured academy; it exists for the length of a run. */
export const password = 'a long enough pass phrase';

/**
 * The demo academy on a PostgreSQL that flushes every commit to disk, two server processes. What is measured are a
 * student's own notes, because a note is a row of about 490 bytes that its person both reads and writes, alone among all
 * people (so that row-level security has something to tell apart); everything else the person may see comes with it.
 */
export type Stage = {
  database: TestDatabase;
  /** Two processes over one database. */
  servers: readonly [ServerProcess, ServerProcess];
  /** The demo's student, who has rows in every family a student has. */
  reader: Pick<Person, 'id' | 'email'>;
  /** Gives the reader notes until there are so many. */
  growTo(notes: number): Promise<void>;
  /** Lessons that every student of the stage may write about. */
  lessons(): Promise<string[]>;
  countNotes(userId: string): Promise<number>;
  /** A student of the demo's courses with so many notes. */
  newStudent(name: string, notes: number): Promise<Person>;
  /** Writes the reader's notes into a file as our server sends them, one a line; answers its name. */
  writeDocuments(): Promise<string>;
  stop(): Promise<void>;
};

export async function setStage(tell: (line: string) => void): Promise<Stage> {
  const directory = mkdtempSync(path.join(tmpdir(), 'growth-bench-sync-'));
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'pg'), maxConnections: 120 });
  // A run that is broken off leaves nothing; PostgreSQL ends with its starter.
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const running: ServerProcess[] = [];
  let database: TestDatabase | null = null;
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
    await database?.drop();
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await buildTemplate(postgres.url);
    database = await createTestDatabase(postgres.url);
    const filesDir = path.join(directory, 'files');
    tell('seeding the demo academy');
    await seedDemo(database.server, { accountsPassword: () => password, filesDir });
    await database.server.query('update company_settings set student_device_limit = 20');
    const env = { DATABASE_URL: database.url, FILES_DIR: filesDir };
    const start = async (part: 'api' | 'all') => {
      const server = await startServerProcess(part, env);
      running.push(server);
      return server;
    };
    // One after the other: each brings the database up to date first. The second does the jobs as well.
    const servers = [await start('api'), await start('all')] as const;
    return await stageOver(directory, database, servers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stageOver(
  directory: string,
  database: TestDatabase,
  servers: Stage['servers'],
  stop: Stage['stop'],
): Promise<Stage> {
  const { server } = database;
  const { rows: courses } = await server.query<{ id: string }>('select id from courses where is_published order by id');
  const reader = mainPeople.ayesha;
  return {
    database,
    servers,
    reader,
    async growTo(notes) {
      await writeNotes(server, reader.id, await countNotes(server, reader.id), notes);
    },
    async lessons() {
      const { rows } = await server.query<{ id: string }>(
        `select l.id from available_lessons l join modules m on m.id = l.module_id join courses c on c.id = m.course_id
         where c.is_published and l.is_published order by l.id limit 10`,
      );
      return rows.map(({ id }) => id);
    },
    countNotes: (userId) => countNotes(server, userId),
    async newStudent(name, notes) {
      const student = await createPerson(server, 'student', { password, email: `${name}@bench.test`, full_name: name });
      for (const { id } of courses) await enrol(server, student.id, { course_id: id });
      await writeNotes(server, student.id, 0, notes);
      return student;
    },
    async writeDocuments() {
      const file = path.join(directory, 'documents.ndjson');
      const { rows } = await server.query<{ body: string }>(
        `select body from sync_rows where type = 'lesson_notes' and scope = 'u:' || $1 and not deleted order by id`,
        [reader.id],
      );
      writeFileSync(file, rows.map(({ body }) => body).join('\n'));
      return file;
    },
    stop,
  };
}

async function countNotes(server: Pool, userId: string): Promise<number> {
  const { rows } = await server.query<{ count: number }>(
    'select count(*)::int as count from lesson_notes where user_id = $1 and not is_deleted',
    [userId],
  );
  return rows[0]!.count;
}
