import { expect, test } from 'vitest';
import type { SyncRejection } from '#contract/tables/company.ts';
import type { ProblemRow } from './device-database.ts';
import { mergeProblems } from './shown-problems.ts';

const problem = (key: string, rejections: string[] = [key]): ProblemRow => ({
  key,
  kind: 'refused',
  type: 'lesson_notes',
  id: `row of ${key}`,
  verb: 'update',
  code: 'not_allowed',
  message: '',
  at: '2026-03-01T10:00:00.000Z',
  mine: { body: 'mine' },
  theirs: null,
  rejections,
});
const rejection = (id: string, acknowledged_at: string | null = null) =>
  ({
    id,
    key: `sync_rejections|${id}`,
    type: 'sync_rejections',
    v: 'v',
    user_id: 'u',
    device_id: null,
    collection: 'lesson_notes',
    doc_id: `row of ${id}`,
    code: 'not_allowed',
    message: '',
    pushed_doc: { body: 'mine' },
    acknowledged_at,
    created_at: '2026-03-01T10:00:00.000Z',
  }) as SyncRejection;
const keysOf = (own: ProblemRow[], rejections: SyncRejection[]): string[] =>
  mergeProblems(own, rejections).map(({ key }) => key);
const then = '2026-03-01T11:00:00.000Z';

test('what this device was refused and the server keeps is one problem', () => {
  expect(keysOf([problem('a')], [rejection('a'), rejection('b')])).toEqual(['a', 'b']);
});

test('what was dealt with on another device is not asked again', () => {
  expect(keysOf([problem('a')], [rejection('a', then), rejection('b', then)])).toEqual([]);
});

test('one question about two refusals stays until both are dealt with', () => {
  expect(keysOf([problem('a', ['a', 'b'])], [rejection('a', then), rejection('b')])).toEqual(['a']);
});

test('what the server does not know of stays: a conflict, and a refusal that has not come back yet', () => {
  expect(keysOf([problem('c', []), problem('a')], [])).toEqual(['c', 'a']);
});
