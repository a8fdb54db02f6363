import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
const begin = '## One change, from a click to another device';
const walk = page.slice(page.indexOf(begin), page.indexOf('\n## ', page.indexOf(begin) + begin.length));
const words = [...new Set([...walk.matchAll(/`([^`]+)`/g)].map(([, word]) => word!))];

const files = globSync('{electron,renderer,sync-server}/**/*.{ts,tsx,sql}', { cwd: root }).map((file) =>
  file.replaceAll('\\', '/'),
);
/** A file by the end of its name, as one says it in a sentence about its folder; a folder; or a pattern of files. */
const isFile = (word: string): boolean =>
  files.some((file) => `/${file}`.endsWith(`/${word}`)) ||
  files.some((file) => `/${file}`.includes(`/${word.replace(/\/$/, '')}/`)) ||
  globSync(word.replace(/^((?!electron|renderer|sync-server).)/, '*/$1'), { cwd: root }).length > 0 ||
  globSync(word, { cwd: root }).length > 0;

test('every file on the way of one change is there', () => {
  const named = words.filter((word) => /\.(ts|tsx|sql)$|\/$/.test(word));
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((word) => !isFile(word))).toEqual([]);
});

test('every name on the way of one change is in the code', () => {
  const names = words.filter((word) => /^[A-Za-z_][\w.]*$/.test(word) && !/\.(ts|tsx|sql)$/.test(word));
  expect(names.length).toBeGreaterThan(40);
  const code = files
    .filter((file) => !file.includes('.test.'))
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .join('\n');
  // A method is looked for by its own name: `feeder.announce` stands as `announce` where it is defined.
  const missing = names.filter((name) => !new RegExp(`\\b${name.split('.').at(-1)}\\b`).test(code));
  expect(missing).toEqual([]);
});
