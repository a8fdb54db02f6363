import { describe, expect, test } from 'vitest';
import { isTrackEarned, type TrackFacts } from './track-rule.ts';

const course = '018f3c1e-0000-7000-8000-000000000001';
const all: TrackFacts = {
  completed_course_ids: [course],
  approved: 3,
  connected: ['shopify'],
  metrics: { 'shopify/gmv': 500_00 },
  recommended: true,
};
const criteria = {
  course_ids: [course],
  min_approved_assignments: 3,
  integrations: ['shopify'],
  min_metric: { source: 'shopify', metric: 'gmv', value: 500_00 },
};
const earned = (changes: Partial<TrackFacts>, track: object = {}) =>
  isTrackEarned({ criteria, needs_mentor: true, ...track }, { ...all, ...changes });

describe('a track', () => {
  test('is earned when everything it asks for is there', () => expect(earned({})).toBe(true));
  test.each<Partial<TrackFacts>>([
    { completed_course_ids: [] },
    { approved: 2 },
    { connected: ['meta_ads'] },
    { metrics: { 'shopify/gmv': 499_99 } },
    { recommended: false },
  ])('is not earned with %j', (changes) => expect(earned(changes)).toBe(false));
  test('asks for no mentor’s word where it does not say so', () =>
    expect(earned({ recommended: false }, { needs_mentor: false })).toBe(true));
  test('that asks for nothing, or says nothing clear, is given by hand only', () => {
    expect(earned({}, { criteria: {} })).toBe(false);
    expect(earned({}, { criteria: { some_day: 1 } })).toBe(false);
  });
});
