import { createHmac } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import type { Deps } from '../../deps.ts';
import { diskStore } from './disk-store.ts';
import type { ObjectStore } from './object-store.ts';
import { openScanner, type Scanner } from './scanner.ts';

/** Where bytes lie: finished objects, and what is still arriving, which is always on a disk of this machine. */
export type Storage = { objects: ObjectStore; staging: string; scanner: Scanner | null };

/** The settings storage looks at; a seed gives only the folder. */
export type StorageConfig = Pick<Config, 'FILES_DIR'> & Partial<Pick<Config, 'CLAMD_ADDRESS'>>;

/** Opens the storage the configuration names. Folders are made when the first bytes come. */
export const openStorage = ({ config }: { config: StorageConfig }): Storage => ({
  objects: diskStore(config.FILES_DIR),
  staging: resolve(join(config.FILES_DIR, 'uploads')),
  scanner: openScanner(config),
});

/** A key for one purpose, derived from the server's secret: every process has the same, no two purposes share one. */
export const purposeKey = ({ serverKey }: Pick<Deps, 'serverKey'>, purpose: 'signed urls' | 'lesson media'): Buffer =>
  createHmac('sha256', serverKey).update(purpose).digest();
