import { expect, test } from 'vitest';
import { errorStatus, type ErrorCode } from '#contract/errors.ts';
import { AppError, errorBody, toAppError } from './errors.ts';

const postgres = (code: string) =>
  Object.assign(new Error('duplicate key (email)=(ayesha@example.test)'), { code, severity: 'ERROR' });

test.each([
  [new AppError('CONFLICT'), 'CONFLICT'],
  [postgres('23505'), 'INTERNAL_ERROR'],
  [postgres('42501'), 'PERMISSION_DENIED'],
  [postgres('57P01'), 'UNAVAILABLE'],
  [postgres('53100'), 'UNAVAILABLE'],
  [new Error('Client has encountered a connection error and is not queryable'), 'UNAVAILABLE'],
  [new Error('timeout exceeded when trying to connect'), 'UNAVAILABLE'],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }), 'UNAVAILABLE'],
  [Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' }), 'INTERNAL_ERROR'],
  [Object.assign(new Error('body'), { statusCode: 413 }), 'TOO_LARGE'],
  [Object.assign(new Error('media'), { statusCode: 415 }), 'FILE_TYPE'],
  [Object.assign(new Error('json'), { statusCode: 400 }), 'INVALID_INPUT'],
  [new TypeError('x is undefined'), 'INTERNAL_ERROR'],
  ['a string', 'INTERNAL_ERROR'],
  [undefined, 'INTERNAL_ERROR'],
])('%s becomes %s', (thrown, code) => {
  expect(toAppError(thrown).code).toBe(code);
});

test('the answer to a failure inside quotes nothing of it', () => {
  const body = JSON.stringify(errorBody(toAppError(postgres('23505')), 'r1'));
  expect(body).not.toContain('ayesha');
  expect(body).toContain('"requestId":"r1"');
});

test('every code has a sentence of its own', () => {
  const codes = Object.keys(errorStatus) as ErrorCode[];
  expect(new Set(codes.map((code) => new AppError(code).message)).size).toBe(codes.length);
});
