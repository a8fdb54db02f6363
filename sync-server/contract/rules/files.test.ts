import { expect, test } from 'vitest';
import { bucketRules, canStore } from './files.ts';

const file = { bucket: 'assignment-submissions', bytes: 1000, mime: 'application/pdf' } as const;

test('a bucket takes its own kinds up to its size', () => {
  expect(canStore(file)).toBe('allowed');
  expect(canStore({ ...file, mime: 'Text/Plain; charset=utf-8' })).toBe('allowed');
  expect(canStore({ ...file, bytes: 0 })).toBe('invalid');
  expect(canStore({ ...file, bytes: bucketRules['assignment-submissions'].bytes + 1 })).toBe('too_large');
  expect(canStore({ ...file, bytes: 2000 }, 1999)).toBe('too_large');
});

test.each(['text/html', 'image/svg+xml', 'application/x-msdownload', ''])('work is never %s', (mime) => {
  expect(canStore({ ...file, mime })).toBe('file_type');
});
