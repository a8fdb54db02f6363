import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SafeStorage } from 'electron';

type Seal = Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'>;

/**
 * Small secrets in the user's data folder, sealed by the operating system's store. Where there is none they are kept in memory
 * for this run and `set` says so: nothing is ever written in the clear.
 */
export class SecretStore {
  readonly #folder: string;
  readonly #seal: Seal;
  readonly #memory = new Map<string, string>();

  constructor(folder: string, seal: Seal) {
    this.#folder = folder;
    this.#seal = seal;
  }

  /** The secret, or null when there is none or the store can no longer open it (then it is as good as gone). */
  get(name: string): string | null {
    const held = this.#memory.get(name);
    if (held !== undefined) return held;
    let sealed: Buffer;
    try {
      sealed = readFileSync(this.#file(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    if (!this.#seal.isEncryptionAvailable()) return null;
    try {
      return this.#seal.decryptString(sealed);
    } catch {
      // The system's key changed or the file was damaged: the owner signs in again, other data stays.
      return null;
    }
  }

  /** Keeps a secret; false when only memory could take it. */
  set(name: string, value: string): boolean {
    if (!this.#seal.isEncryptionAvailable()) {
      this.#memory.set(name, value);
      return false;
    }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#file(name);
    writeFileSync(`${file}.new`, this.#seal.encryptString(value), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
    // The system's store may have come late: what memory held until then is older.
    this.#memory.delete(name);
    return true;
  }

  remove(name: string): void {
    this.#memory.delete(name);
    rmSync(this.#file(name), { force: true });
  }

  #file(name: string): string {
    if (!/^[a-z][a-z0-9.-]{0,80}$/.test(name)) throw new Error('bad secret name');
    return path.join(this.#folder, `${name}.sealed`);
  }
}
