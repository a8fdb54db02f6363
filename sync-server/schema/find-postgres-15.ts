import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const folder = '/usr/lib/postgresql/15/bin';
const isThere = (): boolean => existsSync(`${folder}/initdb`) && existsSync(`${folder}/postgres`);

/** Debian's PostgreSQL 15, the oldest that we run on. As root on Debian it is installed when missing; elsewhere the error says so. */
export function findPostgres15(): string {
  if (isThere()) return folder;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'postgresql-15'],
    ])
      spawnSync('apt-get', args, { env, stdio: 'ignore' });
    if (isThere()) return folder;
  }
  throw new Error(
    `The oldest PostgreSQL we run on is not at ${folder}. Install it with: apt-get install postgresql-15`,
  );
}
