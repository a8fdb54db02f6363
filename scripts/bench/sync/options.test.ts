import { afterEach, expect, test, vi } from 'vitest';
import { parts, readOptions } from './options.ts';

afterEach(() => vi.restoreAllMocks());

test('everything is measured unless parts are named; groups stand for their parts', () => {
  expect([...readOptions([])!.wanted]).toEqual([...parts]);
  expect([...readOptions(['--only', 'peers,raw'])!.wanted]).toEqual([
    'raw',
    'zero',
    'rxdb-server',
    'pouchdb',
    'triplit',
  ]);
  expect(readOptions(['--counts', '50000,10000', '--repeat', '5'])).toMatchObject({
    counts: [10_000, 50_000],
    rounds: 5,
    json: false,
  });
});

test.each([
  ['an unknown part', ['--only', 'raw,zeta']],
  ['no number', ['--counts', 'many']],
  ['no round', ['--repeat', '0']],
  ['an unknown option', ['--help']],
])('%s is answered with the usage', (_, args) => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(readOptions(args)).toBeNull();
  expect(said).toHaveBeenCalledWith(expect.stringContaining('usage: npm run bench -- sync'));
});
