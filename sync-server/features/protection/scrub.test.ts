import { describe, expect, test } from 'vitest';
import { scrubText, scrubUrl, scrubValue } from './scrub.ts';

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

describe('a text', () => {
  test.each([
    `Request failed with ${jwt}`,
    'Authorization: Bearer abcdef123456',
    'password=hunter2-hunter2',
    '{"access_token":"c2VjcmV0LXZhbHVl"}',
    "refresh_token: 'c2VjcmV0LXZhbHVl'",
    'postgres://owner:c2VjcmV0LXZhbHVl@host/db',
    'shpat_0123456789abcdef is refused',
    'key sk-proj-0123456789abcdef',
    '-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXZhbHVl\n-----END PRIVATE KEY-----',
  ])('loses its secret: %s', (text) => {
    const clean = scrubText(text, 2000);
    expect(clean).toContain('[removed]');
    expect(clean).not.toMatch(/c2VjcmV0|hunter2|abcdef|c2lnbmF0dXJl/);
  });

  test('that is no secret stays as it is', () => {
    const plain = "TypeError: Cannot read properties of undefined (reading 'title') at lesson-row.tsx:12:7";
    expect(scrubText(plain, 2000)).toBe(plain);
  });

  test('is cut after cleaning, so that no half of a secret is left at its end', () => {
    expect(scrubText(`token=${jwt}`, 12)).toBe('token=[remov');
  });
});

test('an address loses what follows its path', () => {
  expect(scrubUrl('https://x.test/set-password?token=abc#access_token=def', 200)).toBe('https://x.test/set-password');
});

test('a document loses values under telling names at any depth', () => {
  expect(
    scrubValue({
      status: 500,
      headers: { cookie: 'a', Authorization: 'b', accept: 'c' },
      list: [{ newPassword: 'd' }, jwt],
    }),
  ).toEqual({
    status: 500,
    headers: { cookie: '[removed]', Authorization: '[removed]', accept: 'c' },
    list: [{ newPassword: '[removed]' }, '[removed]'],
  });
});
