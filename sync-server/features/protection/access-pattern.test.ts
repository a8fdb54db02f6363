import { expect, test } from 'vitest';
import { suspicionsOf, type AccessPattern } from './access-pattern.ts';

const watching: AccessPattern = { lessons: 2, opens: 3, heartbeats: 30, reopenings: 2, addresses: 1 };

test.each<[string, Partial<AccessPattern>, string[]]>([
  ['somebody who watches', {}, []],
  ['ten lessons, hardly played', { lessons: 10, opens: 10, heartbeats: 2 }, ['many_lessons_hardly_played']],
  ['nine lessons, hardly played', { lessons: 9, opens: 9, heartbeats: 0 }, []],
  ['ten lessons, played', { lessons: 10, opens: 10, heartbeats: 3 }, []],
  ['one lesson opened eight times', { reopenings: 8 }, ['one_lesson_over_and_over']],
  ['four addresses', { addresses: 4 }, ['many_addresses']],
  ['a dozen openings and nothing played', { opens: 12, heartbeats: 0 }, ['opened_never_played']],
])('%s', (_, change, reasons) => {
  expect(suspicionsOf({ ...watching, ...change })).toEqual(reasons);
});
