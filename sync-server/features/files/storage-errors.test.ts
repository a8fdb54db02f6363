import { expect, test } from 'vitest';
import { AppError } from '../../http/errors.ts';
import { StorageRefusal, storageError, toStorageFault } from './storage-errors.ts';

test.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('a full disk (%s) passes: the caller may come again', (code) => {
  const fault = toStorageFault(Object.assign(new Error('write failed'), { code, syscall: 'write' }));
  expect([fault.code, fault.retryAfter]).toEqual(['UNAVAILABLE', 600]);
  expect(storageError(fault)).toEqual({
    status: 503,
    body: { statusCode: '503', error: 'unavailable', code: 'SlowDown', message: 'The server has no room for files.' },
  });
});

test('an unexpected fault says nothing of itself', () => {
  const { status, body } = storageError(toStorageFault(new Error('secret path /srv/files')));
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain('secret');
});

test('a refusal of storage keeps its own name', () => {
  expect(storageError(new StorageRefusal('noSuchBucket'))).toEqual({
    status: 404,
    body: { statusCode: '404', error: 'Bucket not found', code: 'NoSuchBucket', message: 'Bucket not found' },
  });
  expect(storageError(new AppError('NOT_FOUND')).body.code).toBe('NoSuchKey');
});
