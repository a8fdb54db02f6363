import { createHmac } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import type { Deps } from '../../deps.ts';
import { diskStore, type ObjectStore } from './object-store.ts';

/** Where bytes lie: finished objects, and beside them, on the same disk, what is still arriving. */
export type Storage = { objects: ObjectStore; staging: string };

/** Opens the storage the configuration names. Folders are made when the first bytes come. */
export const openStorage = ({ config }: { config: Pick<Config, 'FILES_DIR'> }): Storage => ({
  objects: diskStore(config.FILES_DIR),
  staging: resolve(join(config.FILES_DIR, 'uploads')),
});

/** A key for one purpose, derived from the server's secret: every process has the same, no two purposes share one. */
export const purposeKey = ({ serverKey }: Pick<Deps, 'serverKey'>, purpose: 'signed urls' | 'lesson media'): Buffer =>
  createHmac('sha256', serverKey).update(purpose).digest();
