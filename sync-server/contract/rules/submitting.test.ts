import { describe, expect, test } from 'vitest';
import type { Actor } from '../roles.ts';
import { canSubmit, canWithdraw, type SubmissionAttempt } from './submitting.ts';

const student: Actor = { id: 's', role: 'student' };
const pdf = { bucket: 'assignment-submissions', owner_id: 's', bytes: 1000, mime: 'application/pdf' } as const;
const attempt = (changes: Partial<SubmissionAttempt> = {}): SubmissionAttempt => ({
  student_id: 's',
  assignment: { submission_type: 'text', is_active: true, max_files: null, max_file_mb: null },
  lesson: 'open',
  latest: null,
  basedOn: null,
  content: 'My answer',
  links: [],
  files: [],
  settings: { submission_max_files: 10, submission_max_file_mb: 25 },
  ...changes,
});
const submit = (changes: Partial<SubmissionAttempt>, actor = student) => canSubmit(actor, attempt(changes));
const ofType = (submission_type: 'text' | 'link' | 'file', limits = {}) => ({
  assignment: { submission_type, is_active: true, max_files: null, max_file_mb: null, ...limits },
});

test('only the student, and only where the lesson is open and the work still asked for', () => {
  expect(submit({})).toBe('allowed');
  expect(submit({}, { id: 'other', role: 'student' })).toBe('not_allowed');
  expect(submit({}, { id: 's', role: 'mentor' })).toBe('not_allowed');
  expect(submit({ lesson: 'locked' })).toBe('locked');
  expect(submit({ assignment: { ...attempt().assignment, is_active: false } })).toBe('not_allowed');
});

describe('the attempt before', () => {
  const v1 = (status: 'pending' | 'approved' | 'declined' | 'withdrawn') => ({ version: 1, status });

  test('none, declined and withdrawn leave room for another', () => {
    expect(submit({ latest: v1('declined'), basedOn: v1('declined') })).toBe('allowed');
    expect(submit({ latest: v1('withdrawn'), basedOn: v1('withdrawn') })).toBe('allowed');
  });

  test('an open or approved one does not', () => {
    expect(submit({ latest: v1('pending'), basedOn: null })).toBe('submission_open');
    expect(submit({ latest: v1('approved'), basedOn: v1('declined') })).toBe('already_approved');
  });

  test('withdrawn on the device, but decided meanwhile: the student chooses', () => {
    expect(submit({ latest: v1('declined'), basedOn: v1('withdrawn') })).toBe('already_reviewed');
    expect(submit({ latest: v1('approved'), basedOn: v1('withdrawn') })).toBe('already_approved');
  });

  test('an attempt of another device that this one had not seen', () => {
    expect(submit({ latest: v1('declined'), basedOn: null })).toBe('already_reviewed');
    expect(submit({ latest: v1('withdrawn'), basedOn: null })).toBe('stale');
    expect(submit({ latest: null, basedOn: v1('declined') })).toBe('stale');
  });
});

describe('what is handed in', () => {
  test('must be of the kind the assignment asks for', () => {
    expect(submit({ content: '   ' })).toBe('invalid');
    expect(submit({ ...ofType('link'), content: 'text' })).toBe('invalid');
    expect(submit({ ...ofType('link'), links: ['https://example.com/work'] })).toBe('allowed');
    expect(submit({ ...ofType('file'), content: null })).toBe('invalid');
    expect(submit({ ...ofType('file'), content: null, files: [pdf] })).toBe('allowed');
  });

  test.each(['http://example.com', 'javascript:alert(1)', 'https://', 'https:// a'])('%s is no link', (link) => {
    expect(submit({ ...ofType('link'), links: [link] })).toBe('invalid');
  });

  test('keeps to the limits of the company, or the narrower ones of the assignment', () => {
    expect(submit({ content: 'x'.repeat(20_001) })).toBe('invalid');
    expect(submit({ ...ofType('file'), files: Array<typeof pdf>(11).fill(pdf) })).toBe('invalid');
    expect(submit({ ...ofType('file', { max_files: 1 }), files: [pdf, pdf] })).toBe('invalid');
    expect(submit({ ...ofType('file'), files: [{ ...pdf, bytes: 26 * 1024 * 1024 }] })).toBe('too_large');
    expect(submit({ ...ofType('file', { max_file_mb: 1 }), files: [{ ...pdf, bytes: 2 * 1024 * 1024 }] })).toBe(
      'too_large',
    );
    expect(submit({ ...ofType('file'), files: [{ ...pdf, mime: 'text/html' }] })).toBe('file_type');
  });

  test('names files of one’s own in the place for submissions', () => {
    expect(submit({ ...ofType('file'), files: [{ ...pdf, owner_id: 'other' }] })).toBe('not_allowed');
    expect(submit({ ...ofType('file'), files: [{ ...pdf, bucket: 'attachments' }] })).toBe('not_allowed');
  });
});

test('withdrawing is possible until somebody decided, and twice is once', () => {
  const ask = (status: 'pending' | 'approved' | 'declined' | 'withdrawn') =>
    canWithdraw(student, { student_id: 's', status });
  expect(ask('pending')).toBe('allowed');
  expect(ask('withdrawn')).toBe('allowed');
  expect(ask('declined')).toBe('already_reviewed');
  expect(ask('approved')).toBe('already_reviewed');
  expect(canWithdraw({ id: 'other', role: 'student' }, { student_id: 's', status: 'pending' })).toBe('not_allowed');
});
