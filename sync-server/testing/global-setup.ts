import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { buildTemplate } from './test-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Owner login of the run's Postgres. */
    databaseUrl: string;
  }
}

/** One throw-away Postgres per run, with a migrated database that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'growth-os-test-'));
  const postgres = await startEmbeddedPostgres({ directory, fsync: false, maxConnections: 300 });
  const tearDown = async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await buildTemplate(postgres.url);
  } catch (error) {
    await tearDown();
    throw error;
  }
  project.provide('databaseUrl', postgres.url);
  return tearDown;
}
