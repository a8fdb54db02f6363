import { describe, expect, test } from 'vitest';
import type { MilestoneTrigger } from '#contract/tables/rewards.ts';
import { isReached, type MilestoneFacts } from './milestone-rule.ts';

const nothing: MilestoneFacts = {
  now: '2026-11-22T12:00:00.000Z',
  enrolled_at: '2026-11-01T00:00:00.000Z',
  onboarding_submitted_at: null,
  onboarding_completed: false,
  watched_at: [],
  submitted: 0,
  approved: 0,
  handed_in: 0,
  on_time: 0,
  decided: 0,
  decided_approved: 0,
  scores: [],
  completed_courses: 0,
  connected: [],
  longest_streak: 0,
  openings: [],
  rank: null,
  ranked: 0,
  courses: [],
};
const reached = (trigger: MilestoneTrigger, config: unknown, facts: Partial<MilestoneFacts>): boolean =>
  isReached(trigger, config, { ...nothing, ...facts });
const day = (date: number, hour = 0): string => new Date(Date.UTC(2026, 10, date, hour)).toISOString();

type Case = [
  what: string,
  trigger: MilestoneTrigger,
  config: unknown,
  yes: Partial<MilestoneFacts>,
  no: Partial<MilestoneFacts>,
];
const both = [
  { source: 'shopify', at: day(3) },
  { source: 'meta_ads', at: day(5) },
];

describe.each<Case>([
  ['a count of lessons', 'recording_watched', { count: 2 }, { watched_at: [day(1), day(2)] }, { watched_at: [day(1)] }],
  ['one lesson where nothing is said', 'recording_watched', {}, { watched_at: [day(1)] }, {}],
  ['works handed in', 'assignment_submitted', { count: 5 }, { submitted: 5 }, { submitted: 4, handed_in: 9 }],
  ['works approved', 'assignment_approved', { count: 1 }, { approved: 1 }, { submitted: 3 }],
  ['a course', 'course_completed', {}, { completed_courses: 1 }, {}],
  [
    'one platform',
    'integration_connected',
    { platform: 'shopify' },
    { connected: [both[0]!] },
    { connected: [both[1]!] },
  ],
  ['both platforms', 'integration_connected', { all_required: true }, { connected: both }, { connected: [both[0]!] }],
  [
    'onboarding in time',
    'onboarding_completed',
    { time_window: 48 },
    { onboarding_completed: true, onboarding_submitted_at: day(3) },
    { onboarding_completed: true, onboarding_submitted_at: day(3, 1) },
  ],
  [
    'onboarding at any time',
    'onboarding_completed',
    {},
    { onboarding_completed: true, onboarding_submitted_at: day(20) },
    { onboarding_submitted_at: day(2) },
  ],
  [
    'three lessons in a day, whenever that was',
    'time_based',
    { lessons_count: 3, time_window: 24 },
    { watched_at: [day(20), day(2), day(2, 5), day(3)] },
    { watched_at: [day(1), day(2), day(3), day(4)] },
  ],
  ['days in a row', 'time_based', { consecutive_days: 5 }, { longest_streak: 6 }, { longest_streak: 4 }],
  [
    'both accounts in the first week',
    'time_based',
    { integrations_completed: 2, time_window: 168 },
    { connected: both },
    { connected: [both[0]!, { source: 'meta_ads', at: day(9) }] },
  ],
  [
    'no lesson missed',
    'time_based',
    { no_missed_lessons: 14 },
    {
      openings: [
        { opened_at: day(2), watched_at: day(9) },
        { opened_at: day(3), watched_at: day(9) },
      ],
    },
    {
      openings: [
        { opened_at: day(2), watched_at: day(4) },
        { opened_at: day(5), watched_at: day(15) },
      ],
    },
  ],
  [
    'no lesson missed, for long enough',
    'time_based',
    { no_missed_lessons: 14 },
    { openings: [{ opened_at: day(7), watched_at: day(10) }] },
    { openings: [{ opened_at: day(12), watched_at: day(13) }] },
  ],
  [
    'nine in ten approved',
    'performance_based',
    { approval_rate: 90, min_submissions: 3 },
    { decided: 10, decided_approved: 9 },
    { decided: 2, decided_approved: 2 },
  ],
  [
    'all in time',
    'performance_based',
    { on_time_rate: 100, min_submissions: 5 },
    { handed_in: 5, on_time: 5 },
    { handed_in: 6, on_time: 5 },
  ],
  ['excellent reviews', 'performance_based', { excellent_feedback: 2 }, { scores: [90, 95] }, { scores: [100, 89] }],
  [
    'mean quality',
    'performance_based',
    { quality_score: 95, min_submissions: 2 },
    { scores: [90, 100] },
    { scores: [100] },
  ],
  [
    'among the best tenth',
    'performance_based',
    { top_percentile: 10 },
    { rank: 3, ranked: 30 },
    { rank: 4, ranked: 39 },
  ],
  [
    'the best of a small academy',
    'performance_based',
    { top_percentile: 10 },
    { rank: 1, ranked: 4 },
    { rank: 2, ranked: 4 },
  ],
  [
    'a sequence with its work',
    'sequence_based',
    { recording_sequence: [1, 2], require_assignment: true },
    {
      courses: [
        [],
        [
          { watched: true, approved: true },
          { watched: true, approved: true },
        ],
      ],
    },
    {
      courses: [
        [{ watched: true, approved: true }],
        [
          { watched: true, approved: true },
          { watched: true, approved: false },
        ],
      ],
    },
  ],
])('%s', (_, trigger, config, yes, no) => {
  test('is reached', () => expect(reached(trigger, config, yes)).toBe(true));
  test('is not reached', () => expect(reached(trigger, config, no)).toBe(false));
});

test('what is given by hand, or says nothing clear, is never reached', () => {
  const everything = { watched_at: [day(1)], longest_streak: 100, rank: 1, ranked: 1 };
  expect(reached('manual', {}, everything)).toBe(false);
  expect(reached('recording_watched', { count: 'many' }, everything)).toBe(false);
  expect(reached('time_based', {}, everything)).toBe(false);
});
