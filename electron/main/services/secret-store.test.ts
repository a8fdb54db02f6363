import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SecretStore } from './secret-store.ts';

/** A system's store that can be missing and can lose its key. */
class Seal {
  available = true;
  key = 0x5a;
  isEncryptionAvailable = (): boolean => this.available;
  encryptString = (text: string): Buffer => Buffer.from(`sealed:${text}`).map((byte) => byte ^ this.key) as Buffer;
  decryptString = (data: Buffer): string => {
    const text = Buffer.from(data.map((byte) => byte ^ this.key)).toString();
    if (!text.startsWith('sealed:')) throw new Error('not sealed with this key');
    return text.slice('sealed:'.length);
  };
}

describe('SecretStore', () => {
  let folder: string;
  let seal: Seal;
  const open = (): SecretStore => new SecretStore(path.join(folder, 'secrets'), seal as never);
  const bytesOnDisk = (): string =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
      .join();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'growth-secrets-'));
    seal = new Seal();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a secret outlives the run, sealed and readable by its owner alone', () => {
    expect(open().set('refresh', 'correct horse')).toBe(true);
    expect(open().get('refresh')).toBe('correct horse');
    expect(bytesOnDisk()).not.toContain('correct horse');
    expect(statSync(path.join(folder, 'secrets')).mode & 0o077).toBe(0);
    expect(statSync(path.join(folder, 'secrets/refresh.sealed')).mode & 0o077).toBe(0);
  });

  test('without a system store nothing is written, this run remembers, and set says so', () => {
    seal.available = false;
    const store = open();
    expect(store.set('refresh', 'correct horse')).toBe(false);
    expect(store.get('refresh')).toBe('correct horse');
    expect(readdirSync(folder)).toEqual([]);
    expect(open().get('refresh')).toBeNull();
  });

  test('a system store that comes late takes over: the newest secret counts', () => {
    seal.available = false;
    const store = open();
    store.set('refresh', 'first');
    seal.available = true;
    expect(store.set('refresh', 'second')).toBe(true);
    expect(store.get('refresh')).toBe('second');
  });

  test('a secret that can no longer be opened is gone, without an error and without touching others', () => {
    open().set('refresh', 'correct horse');
    seal.key = 0x11;
    expect(open().get('refresh')).toBeNull();
    writeFileSync(path.join(folder, 'secrets/refresh.sealed'), '');
    expect(open().get('refresh')).toBeNull();
    open().set('drafts', 'a key');
    expect(open().get('drafts')).toBe('a key');
  });

  test('removed is removed, from memory and from disk', () => {
    const store = open();
    store.set('refresh', 'sealed one');
    seal.available = false;
    store.set('refresh', 'one in memory');
    store.remove('refresh');
    seal.available = true;
    expect(store.get('refresh')).toBeNull();
    expect(readdirSync(path.join(folder, 'secrets'))).toEqual([]);
    expect(() => store.remove('never-was')).not.toThrow();
  });

  test.each(['../outside', 'a/b', '', 'Upper', 'a\0', `a${'b'.repeat(81)}`, '.hidden'])('%j is no name', (name) => {
    expect(() => open().set(name, 'x')).toThrow('bad secret name');
    expect(() => open().get(name)).toThrow('bad secret name');
    expect(() => open().remove(name)).toThrow('bad secret name');
  });
});
