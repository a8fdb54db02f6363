import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const DATABASE_URL = 'postgres://owner@127.0.0.1/growth';
const s3 = {
  S3_ENDPOINT: 'https://s3.test',
  S3_BUCKET: 'files',
  S3_ACCESS_KEY_ID: 'a',
  S3_SECRET_ACCESS_KEY: 'b',
};

test('only the database has to be named; the server then listens on this machine alone', () => {
  expect(readConfig({ DATABASE_URL })).toMatchObject({
    DATABASE_URL,
    HOST: '127.0.0.1',
    PORT: 4400,
    TRUSTED_PROXIES: 0,
  });
});

test('an empty variable is one that is not set', () => {
  const config = readConfig({ DATABASE_URL, PORT: '', PUBLIC_URL: '', SERVICE_KEY_HASH: '' });
  expect(config).toMatchObject({ PORT: 4400, PUBLIC_URL: undefined, SERVICE_KEY_HASH: undefined });
});

describe('a wrong value is named', () => {
  test.each([
    [{}, 'DATABASE_URL is missing'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must be a postgres:// address'],
    [{ DATABASE_URL, PORT: 'http' }, 'PORT '],
    [{ DATABASE_URL, SERVICE_KEY_HASH: 'secret' }, 'SERVICE_KEY_HASH must be 64 lower-case hex digits'],
    [{ DATABASE_URL, PUBLIC_URL: 'javascript:alert(1)' }, 'PUBLIC_URL '],
    [{ DATABASE_URL, CLAMD_ADDRESS: 'somewhere' }, 'CLAMD_ADDRESS must be host:port'],
    [
      { DATABASE_URL, S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'a' },
      'S3_ENDPOINT is missing; S3_SECRET_ACCESS_KEY is missing',
    ],
    [{ DATABASE_URL, S3_ENDPOINT: 'ftp://x' }, 'S3_ENDPOINT '],
    [{ DATABASE_URL, METRICS_ADDRESS: '9400' }, 'METRICS_ADDRESS must be host:port'],
    [{ DATABASE_URL, METRICS_ADDRESS: '0.0.0.0:9400' }, 'METRICS_KEY is missing'],
    [{ DATABASE_URL, METRICS_KEY: 'short' }, 'METRICS_KEY must have at least 16 characters'],
    [{ DATABASE_URL, SUPABASE_URL: 'https://x.test' }, 'SUPABASE_SERVICE_KEY is missing'],
    [{ DATABASE_URL, SUPABASE_SERVICE_KEY: 'secret' }, 'SUPABASE_SERVICE_KEY needs SUPABASE_URL'],
    [{ DATABASE_URL, SUPABASE_URL: 'x.test', SUPABASE_SERVICE_KEY: 'k' }, 'SUPABASE_URL '],
    [
      { DATABASE_URL, SUPABASE_URL: 'https://x.test', SUPABASE_SERVICE_KEY: 'k', PUBLIC_URL: 'https://x.test' },
      'SUPABASE_URL is the address of this server itself',
    ],
    [
      { DATABASE_URL, SUPABASE_URL: 'https://x.test', SUPABASE_SERVICE_KEY: 'k', ...s3 },
      'SUPABASE_URL and S3_ENDPOINT both say where files lie',
    ],
  ])('%j', (env, sentence) => expect(() => readConfig(env)).toThrow(sentence));

  test('and its value, which may be a secret, is not repeated', () => {
    expect(() => readConfig({ DATABASE_URL, SERVICE_KEY_HASH: 'hunter2' })).toThrow(/^(?!.*hunter2)/);
  });
});
