import pino from 'pino';
import { expect, test } from 'vitest';
import { httpLog } from './logging.ts';

function logged(value: Record<string, unknown>): string {
  const lines: string[] = [];
  httpLog(pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })).info(value, 'message');
  return lines.join('');
}

test('names of secrets are blanked at the top, one level down, and in headers, bodies and queries', () => {
  const secret = 'canary';
  for (const name of [
    'authorization',
    'apikey',
    'password',
    'refresh_token',
    'access_token',
    'token',
    'secret',
    'cookie',
  ]) {
    expect(logged({ [name]: secret })).not.toContain(secret);
    expect(logged({ anything: { [name]: secret } })).not.toContain(secret);
    expect(logged({ req: { headers: { [name]: secret } } })).not.toContain(secret);
  }
  for (const place of ['headers', 'body', 'query']) expect(logged({ [place]: { code: secret } })).not.toContain(secret);
});

test('an error keeps its reason and loses the row it quotes', () => {
  const error = Object.assign(new Error('duplicate key'), {
    code: '23505',
    constraint: 'users_email_key',
    detail: 'Key (email)=(canary) already exists.',
    where: 'canary',
    parameters: ['canary'],
  });
  const line = logged({ err: error });
  expect(line).toContain('duplicate key');
  expect(line).toContain('users_email_key');
  expect(line).not.toContain('canary');
});

test('an error’s own code stays readable', () => {
  expect(logged({ code: 'NOT_FOUND' })).toContain('NOT_FOUND');
});

test('that the database is away takes a line and no stack; a mistake keeps its stack', () => {
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
  expect(logged({ err: away })).toContain('connect ECONNREFUSED');
  expect(logged({ err: away })).not.toContain('stack');
  expect(logged({ err: new TypeError('x is undefined') })).toContain('stack');
});
