import { describe, expect, test } from 'vitest';
import { linkAmong, parseDeepLink } from './deep-link.ts';

const id = '019aa0c4-1111-7abc-8def-0123456789ab';

describe('parseDeepLink', () => {
  test.each([
    [`growthos://lesson/${id}`, `lesson/${id}`],
    [`growthos://lesson/${id}?t=90`, `lesson/${id}?t=90`],
    [`growthos://assignment/${id}?t=90`, `assignment/${id}`],
    ['growthos://sync', 'sync'],
    ['growthos://profile', 'profile'],
  ])('%s leads to %s', (raw, place) => expect(parseDeepLink(raw)).toBe(place));

  test.each([
    `growthos://lesson/${id}/../../admin`,
    'growthos://lesson/1',
    `growthos://user:pass@lesson/${id}`,
    `growthos://lesson/${id}#token=abc`,
    `growthos://delete/${id}`,
    `https://lesson/${id}`,
    'growthos:lesson',
    'growthos://',
    `growthos://lesson/${id}${'x'.repeat(400)}`,
    'javascript:alert(1)',
  ])('%s is refused', (raw) => expect(parseDeepLink(raw)).toBeNull());

  test('a lesson link with an odd time keeps the lesson only', () =>
    expect(parseDeepLink(`growthos://lesson/${id}?t=1e9`)).toBe(`lesson/${id}`));
});

test('only the first link among the arguments counts', () => {
  expect(linkAmong(['--flag', `growthos://lesson/${id}`, 'growthos://sync'])).toBe(`lesson/${id}`);
  expect(linkAmong(['--flag', '/tmp/file'])).toBeNull();
});
