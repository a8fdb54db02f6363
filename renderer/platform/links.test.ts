import { expect, test } from 'vitest';
import { linkPath } from './links.ts';

const id = '0192f000-0000-7000-8000-000000000001';

test.each([
  [`lesson/${id}`, `/lesson/${id}`],
  [`growthos://lesson/${id}?t=90`, `/lesson/${id}?t=90`],
  [`assignment/${id}`, `/assignments/${id}`],
  [`review/${id}`, `/mentor/reviews/${id}`],
  ['sync', '/sync'],
  ['notification/' + id, '/notifications'],
])('%s leads to %s', (link, path) => {
  expect(linkPath(link)).toBe(path);
});

test.each(['', 'lesson/', 'lesson/../admin', 'admin', `wipe/${id}`, 'javascript:alert(1)', 'https://example.org'])(
  '%s leads nowhere',
  (link) => {
    expect(linkPath(link)).toBeNull();
  },
);

test('a submission leads where the caller says', () => {
  expect(linkPath(`submission/${id}`, (submission) => `/assignments/of-${submission}`)).toBe(`/assignments/of-${id}`);
  expect(linkPath(`submission/${id}`)).toBeNull();
});
