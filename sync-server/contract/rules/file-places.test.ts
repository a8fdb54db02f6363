import { describe, expect, test } from 'vitest';
import { filePlaces, folderFor, linkByPath, mayBring, placeOf } from './file-places.ts';
import { bucketRules } from './files.ts';

const me = '0198b6a0-0000-7000-8000-000000000001';
const other = '0198b6a0-0000-7000-8000-000000000002';
const at = (bucket: string, path: string) => placeOf(bucket, path.split('/'));
const student = { id: me, role: 'student' } as const;

describe('a path lies in a place', () => {
  test.each([
    ['assignment-submissions', `${me}/${other}/1`, 'work'],
    ['student-documents', `${me}/onboarding/q1`, 'onboarding'],
    ['student-documents', `${me}/payment-proofs/${other}`, 'paymentProof'],
    ['student-documents', `${me}/certificates`, 'certificate'],
    ['attachments', `tickets/${other}`, 'ticket'],
    ['attachments', `avatars/${me}`, 'avatar'],
    ['company-logos', 'covers/course', 'courseCover'],
  ])('%s/%s is %s', (bucket, path, name) => {
    expect(at(bucket, path)?.name).toBe(name);
  });

  test.each([
    ['assignment-submissions', me],
    ['assignment-submissions', `not-an-id/${other}`],
    ['student-documents', `${me}/secrets`],
    ['student-documents', `${me}/payment-proofs/not-an-id`],
    ['attachments', 'avatars'],
    ['attachments', `avatars/${me.toUpperCase()}`],
    ['company-logos', `tickets/${other}`],
    ['lesson-media', `lessons/${other}`],
  ])('%s/%s is none', (bucket, path) => {
    expect(at(bucket, path)).toBeNull();
  });
});

describe('bringing', () => {
  test('a student brings files to the own places only', () => {
    expect(mayBring(at('assignment-submissions', `${me}/a`)!, student)).toBe(true);
    expect(mayBring(at('assignment-submissions', `${other}/a`)!, student)).toBe(false);
    expect(mayBring(at('attachments', `avatars/${other}`)!, student)).toBe(false);
    expect(mayBring(at('company-logos', 'logos')!, student)).toBe(false);
  });

  test('staff bring payment proofs of anybody, but nobody’s work and nobody else’s picture', () => {
    const admin = { id: other, role: 'admin' } as const;
    expect(mayBring(at('student-documents', `${me}/payment-proofs/${other}`)!, admin)).toBe(true);
    expect(mayBring(at('assignment-submissions', `${me}/a`)!, admin)).toBe(false);
    expect(mayBring(at('attachments', `avatars/${me}`)!, admin)).toBe(false);
  });

  test('what the server draws nobody brings', () => {
    for (const role of ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const)
      for (const folder of ['certificates', 'billing'])
        expect(mayBring(at('student-documents', `${me}/${folder}`)!, { id: me, role })).toBe(false);
  });
});

test('a path says what a file hangs on where it names the record', () => {
  expect(linkByPath(at('attachments', `tickets/${other}`)!)).toEqual({ table: 'support_tickets', id: other });
  expect(linkByPath(at('attachments', `avatars/${me}`)!)).toEqual({ table: 'users', id: me });
  expect(linkByPath(at('assignment-submissions', `${me}/${other}`)!)).toBeNull();
  expect(linkByPath(at('company-logos', 'logos')!)).toBeNull();
});

test('no place takes more or other than its bucket', () => {
  for (const place of Object.values(filePlaces)) {
    const { bytes, types = [] } = place as { bytes?: number; types?: readonly string[] };
    expect(bytes ?? 0).toBeLessThanOrEqual(bucketRules[place.bucket].bytes);
    for (const type of types) expect(bucketRules[place.bucket].types).toContain(type);
  }
});

test('a device puts a file where the place of its row is', () => {
  const folder = (
    bucket: 'attachments' | 'assignment-submissions' | 'student-documents',
    table: string,
    subject?: string,
  ) =>
    folderFor({ bucket, linked_table: table, linked_id: other, ...(subject ? { subject_id: subject } : {}) }, me).join(
      '/',
    );
  expect(folder('assignment-submissions', 'submissions', 'task')).toBe(`${me}/task`);
  expect(folder('attachments', 'users')).toBe(`avatars/${me}`);
  expect(folder('attachments', 'support_tickets')).toBe(`tickets/${other}`);
  expect(folder('attachments', 'support_ticket_replies', 'the-ticket')).toBe('tickets/the-ticket');
  expect(folder('student-documents', 'onboarding_responses', 'q1')).toBe(`${me}/onboarding/q1`);
  expect(() => folder('attachments', 'submissions')).toThrow('no file of submissions');
});
