import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Role } from '#contract/roles.ts';
import { asServer } from '../db/as-actor.ts';
import type { Pool } from '../db/sql.ts';
import { objectKey, openStorage, s3SettingsOf, type StorageConfig } from '../features/files/index.ts';
import { hashPassword } from '../features/identity/passwords.ts';
import { storeClips } from './clip-media.ts';
import { insertCompany } from './company.ts';
import type { DemoFile } from './demo-catalogue.ts';
import type { PasswordHashes } from './demo-people.ts';
import { configureDemo } from './demo-settings.ts';
import { mainPeople } from './main-people.ts';
import { planDemo } from './plan-demo.ts';
import { readServerKey } from './server-key.ts';
import { settleLearning } from './settle-learning.ts';
import { settleReceipts } from './settle-receipts.ts';
import { settleRewards } from './settle-rewards.ts';

export type SeedOptions = {
  /** How many students; default 40. Rows grow with it, contents and staff do not. */
  students?: number;
  /** Gives each of the five named people a password. */
  accountsPassword: () => string;
  /** Where the server keeps files; recordings, attachments and handed-in files go there. */
  filesDir: string;
  /** The server's settings, where finished files may lie elsewhere than in `filesDir`. */
  storage?: StorageConfig;
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
  const plan = planDemo({ students, now, hashes });
  await asServer(server, async (tx) => {
    await insertCompany(tx, { rating_gate_from: plan.ratingGateFrom, help_url: 'https://falcon.academy/help' });
    await configureDemo(tx);
    await plan.rows.write(tx);
  });
  const storage = options.storage ?? { FILES_DIR: filesDir };
  await putFiles(storage, plan.files);
  await storeClips({ server, serverKey, storage }, plan.clips);
  await settleLearning(server, serverKey, plan.studentIds, now);
  await settleRewards(server, serverKey, plan.studentIds, now);
  await settleReceipts(server);
  // Everything was written at once: the planner learns what is there before the first person asks.
  await analyze(server);
  return { accounts };
}

/** Tables of ours by name: for each of the system's, which are not ours to look at, Postgres would write a warning into its log. */
async function analyze(server: Pool): Promise<void> {
  const { rows } = await server.query<{ names: string }>(
    `select string_agg(format('%I.%I', schemaname, tablename), ', ') as names from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') and pg_has_role(tableowner, 'usage')`,
  );
  await server.query(`analyze ${rows[0]!.names}`);
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

/** A seed that is killed is begun again, so these need no flush to disk. */
async function putFiles(storage: StorageConfig, files: readonly DemoFile[]): Promise<void> {
  const { objects } = openStorage({ config: storage });
  const isRemote = s3SettingsOf(storage) !== null;
  for (const file of files) {
    const key = objectKey(file.bucket, file.id);
    const target = path.join(storage.FILES_DIR, isRemote ? `uploads/seed_${file.id}` : key);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, file.bytes, { mode: 0o600 });
    if (isRemote) await objects.put(key, target);
  }
}
