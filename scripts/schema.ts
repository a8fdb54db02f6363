/** `npm run schema`: writes what the database looks like, `sync-server/db/schema.txt` and `docs/schema.md`. Tests compare both. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../sync-server/db/embedded-postgres.ts';
import { dumpSchema } from '../sync-server/schema/dump.ts';
import { writeReference } from '../sync-server/schema/reference.ts';
import { buildTemplate, createTestDatabase } from '../sync-server/testing/test-database.ts';

const project = path.join(import.meta.dirname, '..');
const directory = await mkdtemp(path.join(tmpdir(), 'growth-os-schema-'));
const postgres = await startEmbeddedPostgres({ directory, fsync: false });
try {
  await buildTemplate(postgres.url);
  const database = await createTestDatabase(postgres.url);
  try {
    await writeFile(path.join(project, 'sync-server/db/schema.txt'), await dumpSchema(database.server));
    await writeFile(path.join(project, 'docs/schema.md'), await writeReference(database.server));
  } finally {
    await database.drop();
  }
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
