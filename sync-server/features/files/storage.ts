import { createHmac } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import type { Deps } from '../../deps.ts';
import { projectOf } from '../../http/supabase-project.ts';
import { diskStore } from './disk-store.ts';
import type { ObjectStore } from './object-store.ts';
import { projectStore } from './project-store.ts';
import { openScanner, type Scanner } from './scanner.ts';
import type { S3Settings } from './s3/s3-client.ts';
import { s3Store } from './s3/s3-store.ts';

/** Where bytes lie: finished objects, and what is still arriving, which is always on a disk of this machine. */
export type Storage = { objects: ObjectStore; staging: string; scanner: Scanner | null };

type S3Config = Partial<
  Pick<Config, 'S3_ENDPOINT' | 'S3_REGION' | 'S3_BUCKET' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY'>
>;
/** The settings storage looks at; a seed gives only the folder. */
export type StorageConfig = Pick<Config, 'FILES_DIR'> &
  Partial<Pick<Config, 'CLAMD_ADDRESS'>> &
  S3Config &
  Parameters<typeof projectOf>[0];

/** Opens the storage the configuration names. Folders are made when the first bytes come. */
export function openStorage({ config }: { config: StorageConfig }): Storage {
  const project = projectOf(config);
  const s3 = s3SettingsOf(config);
  return {
    objects: project ? projectStore(project) : s3 ? s3Store(s3) : diskStore(config.FILES_DIR),
    staging: resolve(join(config.FILES_DIR, 'uploads')),
    scanner: openScanner(config),
  };
}

/** S3 as it is configured, null when files stay on this machine. */
export function s3SettingsOf(config: S3Config): S3Settings | null {
  const { S3_ENDPOINT, S3_REGION = 'us-east-1', S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = config;
  // Half a configuration never passes `readConfig`.
  if (!S3_ENDPOINT || !S3_BUCKET || !S3_ACCESS_KEY_ID || !S3_SECRET_ACCESS_KEY) return null;
  return {
    ...{ endpoint: S3_ENDPOINT, region: S3_REGION, bucket: S3_BUCKET },
    ...{ accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY },
  };
}

/** A key for one purpose, derived from the server's secret: every process has the same, no two purposes share one. */
export const purposeKey = ({ serverKey }: Pick<Deps, 'serverKey'>, purpose: 'signed urls' | 'lesson media'): Buffer =>
  createHmac('sha256', serverKey).update(purpose).digest();
