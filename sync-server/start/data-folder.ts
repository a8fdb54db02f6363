import { accessSync, constants, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What `npm start` keeps in its data folder. */
export type DataFolder = {
  root: string;
  /** Cluster, password and log of the embedded Postgres. */
  postgres: string;
  files: string;
  log: string;
  accounts: string;
  /** The run before this one did not end in order: it was killed, or the machine went down. */
  wasCutOff: boolean;
  /** Lets another copy use the folder. */
  unlock(): void;
};

/** Makes the folder (readable by its owner alone) and holds it for this process; throws a plain sentence when it cannot. */
export function openDataFolder(folder: string): DataFolder {
  const root = path.resolve(folder);
  try {
    makeFolder(root);
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      `The data folder ${root} cannot be written (${(error as NodeJS.ErrnoException).code}). Choose another with --data-dir.`,
      {
        cause: error,
      },
    );
  }
  const lock = path.join(root, 'lock');
  return {
    root,
    postgres: path.join(root, 'postgres'),
    files: path.join(root, 'files'),
    log: path.join(root, 'server.log'),
    accounts: path.join(root, 'accounts.json'),
    wasCutOff: takeLock(lock, root) === 'left behind',
    unlock: () => rmSync(lock, { force: true }),
  };
}

/** Step by step: Node's recursive mkdir never returns where the system says "not found" to making a folder (/proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** Removes what an academy left, and only that: a folder named by mistake keeps everything else. */
export function forgetAcademy({ accounts, postgres, files, log }: DataFolder): void {
  for (const entry of [accounts, postgres, files, log]) rmSync(entry, { recursive: true, force: true });
}

/**
 * The lock names a process and when it began: after a kill or a reboot its number may belong to another program, and the lock
 * must not outlive its owner. It appears complete (a link to a written file), so that nobody reads half of it. Tells whether
 * there was one that its owner left behind.
 */
function takeLock(lock: string, root: string): 'free' | 'left behind' {
  const mine = path.join(root, `lock.${process.pid}`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, began: processBegan(process.pid) }), { mode: 0o600 });
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        linkSync(mine, lock);
        return attempt === 1 ? 'free' : 'left behind';
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === 3) throw error;
        const owner = livingOwner(lock);
        if (owner) {
          throw new Error(
            `Growth OS already runs with the data folder ${root} (process ${owner}). Stop it first, or choose another with --data-dir.`,
            {
              cause: error,
            },
          );
        }
        rmSync(lock, { force: true });
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function livingOwner(lock: string): number | undefined {
  let owner: { pid: number; began: string | null };
  try {
    owner = JSON.parse(readFileSync(lock, 'utf8')) as typeof owner;
  } catch {
    // Gone in the meantime, or not ours to read as a lock: nobody holds it.
    return undefined;
  }
  const began = processBegan(owner.pid);
  return began !== undefined && began === owner.began ? owner.pid : undefined;
}

/** Boot and start time of a process, undefined when it does not run; elsewhere than on Linux only "it runs" is known. */
function processBegan(pid: number): string | null | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  if (process.platform !== 'linux') return null;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    // A zombie (its parent has not asked for it yet) holds nothing any more.
    return fields[0] === 'Z' ? undefined : `${boot} ${fields[19]}`;
  } catch {
    // Ended between the two looks.
    return undefined;
  }
}
