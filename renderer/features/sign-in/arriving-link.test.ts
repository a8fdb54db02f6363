import { expect, test } from 'vitest';
import { readLink } from './arriving-link.ts';

const token = 'J9wB6R4nlQA9RPnnE6zzFLX8l_F9uRYvUBReWhvAIBQ';

test('links of mails and the one that begins an academy are read', () => {
  expect(readLink(`#/link/recovery/${token}`)).toEqual({ kind: 'mail', type: 'recovery', token });
  expect(readLink(`#/link/email_change/${token}`)).toEqual({ kind: 'mail', type: 'email_change', token });
  expect(readLink(`#/set-up/${token}`)).toEqual({ kind: 'setUp', token });
});

test('a link that the server used itself brings its tokens', () => {
  expect(readLink('#access_token=a.b.c&refresh_token=r&expires_in=900&token_type=bearer&type=recovery')).toEqual({
    kind: 'used',
    type: 'recovery',
    tokens: { access_token: 'a.b.c', refresh_token: 'r', expires_in: 900 },
  });
  expect(readLink('#access_token=a.b.c&type=recovery')).toBeNull();
});

test('anything else is an ordinary page', () => {
  for (const hash of [
    '',
    '#/',
    '#/home',
    '#/link/recovery',
    `#/link/other/${token}`,
    '#/set-up/short',
    `#/link/recovery/${token}%20`,
  ])
    expect(readLink(hash)).toBeNull();
});
