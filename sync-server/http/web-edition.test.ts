import { fc, test } from '@fast-check/vitest';
import { sep } from 'node:path';
import { expect } from 'vitest';
import { pathInside } from './web-edition.ts';

const root = '/srv/web';

test('plain names lie in the folder', () => {
  expect(pathInside(root, 'index.html')).toBe('/srv/web/index.html');
  expect(pathInside(root, 'assets/index-D4f8aB1c.js')).toBe('/srv/web/assets/index-D4f8aB1c.js');
});

test.each([
  '',
  '/',
  '..',
  '../x',
  'a/../../x',
  './x',
  '.env',
  'a/.hidden',
  'a//b',
  'a\\..\\b',
  'a\0.js',
  '/etc/passwd',
])('%j names nothing', (name) => {
  expect(pathInside(root, name)).toBeNull();
});

const part = fc.oneof(fc.constantFrom('..', '.', '', '/', '\\', '\0', 'assets', 'a.js'), fc.string());
test.prop([fc.array(part, { maxLength: 8 })])(
  'whatever is asked for, the answer lies inside or there is none',
  (parts) => {
    const path = pathInside(root, parts.join('/'));
    if (path !== null) expect(path.startsWith(root + sep)).toBe(true);
  },
);
