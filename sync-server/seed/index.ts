import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Role } from '#contract/roles.ts';
import { asServer } from '../db/as-actor.ts';
import type { Pool, Tx } from '../db/sql.ts';
import { objectKey } from '../features/files/index.ts';
import { hashPassword } from '../features/identity/passwords.ts';
import { storeClips } from './clip-media.ts';
import { insertCompany } from './company.ts';
import { addCatalogue, type Catalogue, type DemoFile } from './demo-catalogue.ts';
import type { Journey } from './demo-journey.ts';
import { addTeam, type PasswordHashes } from './demo-people.ts';
import { addAyesha, addStudents } from './demo-students.ts';
import { createDemoTime } from './demo-time.ts';
import { mainPeople } from './main-people.ts';
import { createRandom } from './random.ts';
import { createRowCollector, type RowCollector } from './row-collector.ts';
import { readServerKey } from './server-key.ts';
import { settleLearning } from './settle-learning.ts';

export type SeedOptions = {
  /** How many students; default 40. Rows grow with it, contents and staff do not. */
  students?: number;
  /** Gives each of the five named people a password. */
  accountsPassword: () => string;
  /** Where the server keeps files; recordings, attachments and handed-in files go there. */
  filesDir: string;
  /** The moment everything is counted back from. */
  now?: Date;
};

export type SeedAccount = { role: Role; email: string; password: string };

/**
 * Fills an empty, migrated database with Falcon Academy: courses with clips, a team, and students in every state a screen can
 * meet. The same options give the same people, texts and dates; only passwords, keys and version tokens are chance.
 */
export async function seedDemo(server: Pool, options: SeedOptions): Promise<{ accounts: SeedAccount[] }> {
  const { students = 40, filesDir, now = new Date() } = options;
  const serverKey = await readServerKey(server);
  const { accounts, hashes } = await makeAccounts(options.accountsPassword);
  const rows = createRowCollector();
  const time = createDemoTime(now);
  const journey: Journey = { rows, files: [], random: createRandom(20_261_122), time };
  addTeam(rows, hashes, time.daysAgo(200));
  const catalogue = addCatalogue(rows, time, mainPeople.dua.id);
  const studentIds = [
    addAyesha(journey, catalogue, hashes.of('ayesha')),
    ...addStudents(journey, catalogue, Math.max(0, students - 1), hashes.others),
  ];
  numberInvoices(rows);
  rows.add('number_counters', { scope: 'student', last_value: studentIds.length });
  await asServer(server, async (tx) => {
    await insertCompany(tx, {
      rating_gate_from: time.daysAgo(120).slice(0, 10),
      announcement_banner: null,
      help_url: 'https://falcon.academy/help',
    });
    await rows.write(tx);
  });
  await putFiles(filesDir, [...catalogue.files, ...journey.files]);
  await storeClips({ server, serverKey, filesDir }, clipsOf(catalogue));
  await settleLearning(server, serverKey, studentIds, now);
  await finish(server);
  return { accounts };
}

async function makeAccounts(newPassword: () => string): Promise<{ accounts: SeedAccount[]; hashes: PasswordHashes }> {
  const known = new Map<string, string>();
  const accounts: SeedAccount[] = [];
  for (const [name, { role, email }] of Object.entries(mainPeople)) {
    const password = newPassword();
    known.set(name, await hashPassword(password));
    accounts.push({ role, email, password });
  }
  // One hash for everybody else, of a password that is forgotten at once.
  const others = await hashPassword(crypto.randomUUID());
  return { accounts, hashes: { others, of: (name) => known.get(name)! } };
}

/** Invoices get their numbers in the order of issue, per year; those still to come have none. */
function numberInvoices(rows: RowCollector): void {
  const last = new Map<string, number>();
  const invoices = rows.rowsOf('invoices') as { issue_date: string; status: string; invoice_number?: string }[];
  for (const invoice of invoices.toSorted((a, b) => a.issue_date.localeCompare(b.issue_date))) {
    if (invoice.status === 'scheduled' || invoice.status === 'cancelled') continue;
    const year = invoice.issue_date.slice(0, 4);
    const number = (last.get(year) ?? 0) + 1;
    last.set(year, number);
    invoice.invoice_number = `INV-${year}-${String(number).padStart(6, '0')}`;
  }
  for (const [year, last_value] of last) rows.add('number_counters', { scope: `invoice:${year}`, last_value });
}

const clipsOf = (catalogue: Catalogue): [string, string][] =>
  catalogue.courses.flatMap((course) =>
    course.lessons.flatMap((lesson): [string, string][] => (lesson.clip ? [[lesson.id, lesson.clip]] : [])),
  );

/** A seed that is killed is begun again, so these need no flush to disk. */
async function putFiles(filesDir: string, files: readonly DemoFile[]): Promise<void> {
  for (const file of files) {
    const target = path.join(filesDir, objectKey(file.bucket, file.id));
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, file.bytes, { mode: 0o600 });
  }
}

/** Everything was written at once: the planner learns what is there before the first person asks. */
const finish = (server: Pool | Tx): Promise<unknown> => (server as Tx).query('analyze');
