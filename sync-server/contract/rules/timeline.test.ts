import { expect, test } from 'vitest';
import { orderTimeline, timelineState } from './timeline.ts';

const item = (id: string, drip_offset_days: number, changes = {}) => ({
  id,
  item_type: 'RECORDING' as const,
  stage: 'deployed' as const,
  drip_offset_days,
  sequence_order: 0,
  lesson_id: `lesson of ${id}`,
  assignment_id: null as string | null,
  ...changes,
});
const task = (id: string, of: string, changes = {}) => ({
  id,
  lesson_id: `lesson of ${of}`,
  is_required: true,
  is_active: true,
  ...changes,
});
const first = item('first', 0);
const second = item('second', 3);
const all = [second, first];
const state = (one: ReturnType<typeof item>, assignments: ReturnType<typeof task>[], approved: string[] = []) =>
  timelineState(one, all, {
    assignments,
    submissions: approved.map((assignment_id) => ({ assignment_id, status: 'approved' as const })),
  });

test('an item whose day has not come is ahead', () => {
  expect(timelineState(item('x', 1, { stage: 'announced' }), all, { assignments: [], submissions: [] })).toBe('ahead');
});

test('a recording waits for the work of the one before it', () => {
  const work = [task('a', 'first')];
  expect([state(first, work), state(second, work), state(second, work, ['a'])]).toEqual(['open', 'waiting', 'open']);
});

test('work that is optional or withdrawn holds nothing up; work the item names itself does', () => {
  expect(state(second, [task('a', 'first', { is_required: false }), task('b', 'first', { is_active: false })])).toBe(
    'open',
  );
  const named = [second, item('first', 0, { assignment_id: 'c' })];
  const of = (submissions: { assignment_id: string; status: 'approved' | 'pending' }[]) =>
    timelineState(second, named, { assignments: [], submissions });
  expect(of([{ assignment_id: 'c', status: 'pending' }])).toBe('waiting');
  expect(of([{ assignment_id: 'c', status: 'approved' }])).toBe('open');
});

test('a live session waits for nothing but its day', () => {
  const session = item('live', 5, { item_type: 'LIVE_SESSION' as const });
  expect(timelineState(session, [...all, session], { assignments: [task('a', 'second')], submissions: [] })).toBe(
    'open',
  );
});

test('the order is by day, then by place', () => {
  const rows = [item('b', 1, { sequence_order: 2 }), item('a', 1, { sequence_order: 1 }), item('z', 0)];
  expect(orderTimeline(rows).map(({ id }) => id)).toEqual(['z', 'a', 'b']);
});
