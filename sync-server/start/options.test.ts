import { describe, expect, test } from 'vitest';
import { readOptions } from './options.ts';

const read = (...args: string[]) => readOptions(args, '/project');

test('nothing said means the usual port, the project’s own data folder, forty students, and a window', () => {
  expect(read()).toEqual({
    port: 4400,
    dataDir: '/project/.data',
    open: true,
    fresh: false,
    serviceKeyFile: undefined,
    json: false,
    students: 40,
    demo: false,
  });
});

test('every option is read', () => {
  const args = [
    '--port',
    '0',
    '--data-dir',
    '/d',
    '--no-open',
    '--fresh',
    '--service-key',
    'k',
    '--json',
    '--students',
    '5000',
    '--demo',
  ];
  expect(read(...args)).toEqual({
    port: 0,
    dataDir: '/d',
    open: false,
    fresh: true,
    serviceKeyFile: 'k',
    json: true,
    students: 5000,
    demo: true,
  });
  expect(read('--help')).toBe('help');
});

describe('what makes no sense is refused in words', () => {
  test.each([
    [['--port', 'http'], '--port must be a whole number from 0 to 65535, not "http".'],
    [['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000".'],
    [['--students', '0'], '--students must be a whole number from 1 to 100000, not "0".'],
    [['--students', '1.5'], '--students must be a whole number from 1 to 100000, not "1.5".'],
  ])('%j', (args, sentence) => expect(() => read(...args)).toThrow(sentence));

  test('an unknown option names the known ones', () =>
    expect(() => read('--prot', '1')).toThrow(/Unknown option '--prot'[^]*--port N/));
});
