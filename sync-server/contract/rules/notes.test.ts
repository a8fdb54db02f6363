import { expect, test } from 'vitest';
import { roles, type Role } from '../roles.ts';
import { canNote, settlesRisk } from './notes.ts';

const me = '018f3c1e-0000-7000-8000-000000000001';
const other = '018f3c1e-0000-7000-8000-000000000002';
const note = { author_id: me, body: 'Called, will be back on Monday' };

test.each(roles)('%s writes about somebody in the own scope', (role) => {
  expect(canNote({ id: me, role }, note, true)).toBe(role === 'student' ? 'not_allowed' : 'allowed');
  expect(canNote({ id: me, role }, note, false)).toBe('not_allowed');
});

test('never in the name of others, never empty', () => {
  const mentor = { id: me, role: 'mentor' } as const;
  expect(canNote(mentor, { ...note, author_id: other }, true)).toBe('not_allowed');
  expect(canNote(mentor, { ...note, body: ' \n ' }, true)).toBe('invalid');
});

test('a contact settles a risk, a note does not, and an enrolment manager has no part in it', () => {
  const as = (role: Role, kind: 'note' | 'contact' | 'risk') => settlesRisk({ id: me, role }, { kind });
  expect(as('mentor', 'contact')).toBe(true);
  expect(as('admin', 'contact')).toBe(true);
  expect(as('mentor', 'note')).toBe(false);
  expect(as('mentor', 'risk')).toBe(false);
  expect(as('enrollment_manager', 'contact')).toBe(false);
});
