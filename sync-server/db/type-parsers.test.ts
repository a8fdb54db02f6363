import { describe, expect, test } from 'vitest';
import { toIsoInstant, typeParsers } from './type-parsers.ts';

const parse = (type: number, text: string) =>
  (typeParsers.getTypeParser(type, 'text') as (text: string) => unknown)(text);

describe('instants', () => {
  test.each([
    ['2026-11-22 11:20:33.123456+00', '2026-11-22T11:20:33.123Z'],
    ['2026-11-22 11:20:33+00', '2026-11-22T11:20:33.000Z'],
    ['2026-11-22 11:20:33.5+00', '2026-11-22T11:20:33.500Z'],
    ['2026-11-22 16:20:33.5+05', '2026-11-22T11:20:33.500Z'],
    ['2026-11-22 16:50:33.5+05:30', '2026-11-22T11:20:33.500Z'],
    ['2026-11-21 23:20:33.5-12', '2026-11-22T11:20:33.500Z'],
    ['2026-11-22 11:20:33.5', '2026-11-22T11:20:33.500Z'],
    ['infinity', 'infinity'],
    ['-infinity', '-infinity'],
  ])('%s', (text, iso) => expect(toIsoInstant(text)).toBe(iso));
});

test('days stay days, whole numbers and numerics become numbers', () => {
  expect(parse(1082, '2026-11-22')).toBe('2026-11-22');
  expect(parse(20, '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
  expect(parse(1700, '12.50')).toBe(12.5);
});

test('a bigint that a number cannot hold is an error, never rounded', () => {
  expect(() => parse(20, '9007199254740993')).toThrow(RangeError);
});

test('arrays are read element by element', () => {
  expect(parse(1016, '{1,2,NULL}')).toEqual([1, 2, null]);
  expect(parse(1185, '{"2026-11-22 11:20:33+00"}')).toEqual(['2026-11-22T11:20:33.000Z']);
  expect(parse(1182, '{2026-11-22}')).toEqual(['2026-11-22']);
});
