import { expect, test } from 'vitest';
import { requestIdOf } from './request-id.ts';

const ask = (trustedProxies: number, id?: string | string[]) =>
  requestIdOf(trustedProxies)({ headers: id === undefined ? {} : { 'x-request-id': id as string } });
const own = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test('a proxy in front may bring the id of a request', () => {
  const ofNginx = '8f14e45fceea167a5a36dedd4bea2543';
  expect(ask(1, ofNginx)).toBe(ofNginx);
  expect(ask(0, ofNginx)).toMatch(own);
});

test.each([
  undefined,
  '',
  'short',
  'a'.repeat(65),
  'two words here',
  'line\nbreak-in-it',
  'käse-käse-käse',
  ['a'.repeat(8)],
])('what is no id is replaced: %j', (given) => expect(ask(1, given)).toMatch(own));

test('every request has another', () => expect(ask(0)).not.toBe(ask(0)));
