import { expect, test } from 'vitest';
import { readArguments, UsageError } from './arguments.ts';

test('without any it is one seed of the usual size', () => {
  expect(readArguments([])).toEqual({
    ...{ from: 1, seeds: 1, clients: 4, ops: 150 },
    ...{ roles: [], postgres: null, plant: null, shrinks: true, traces: false, json: false },
  });
});

test('a run is told by its options', () => {
  const given =
    '--from 987654321 --seeds 3 --clients 12 --ops 300 --roles student,mentor --postgres 15 --no-shrink --json';
  expect(readArguments(given.split(' '))).toEqual({
    ...{ from: 987_654_321, seeds: 3, clients: 12, ops: 300 },
    ...{ roles: ['student', 'mentor'], postgres: 15, plant: null, shrinks: false, traces: false, json: true },
  });
});

test('lists are asked for', () => {
  expect(readArguments(['--help'])).toBe('help');
  expect(readArguments(['--plants'])).toBe('plants');
});

test.each([
  '--clients 0',
  '--clients 1e3',
  '--clients four',
  '--ops 0',
  '--seed 1.5',
  '--seed=-1',
  '--seed -1',
  '--seed 9007199254740993',
  '--seeds 0',
  '--roles king',
  '--postgres 14',
  '--plant nothing',
  '--bogus',
  '--seed',
  'extra',
])('%s is told as a wrong call', (line) => {
  expect(() => readArguments(line.split(' '))).toThrow(UsageError);
});
