import { expect, test } from 'vitest';
import { barePhone, profileSchema, spacedPhone } from './profile-schema.ts';

test('a phone may be written with spaces and dashes and is kept bare', () => {
  expect(barePhone('+92 (300) 123-45 67')).toBe('+923001234567');
  expect(spacedPhone('+923001234567')).toBe('+92 300 1234567');
});

test.each([
  ['+92 300 1234567', true],
  ['', true],
  ['0300 1234567', false],
  ['+92', false],
  ['+92 300 12345678901234', false],
])('phone %s fits: %s', (phone, fits) => {
  expect(profileSchema.safeParse({ full_name: 'Ayesha', phone }).success).toBe(fits);
});

test.each([
  ['', false],
  ['   ', false],
  ['  Ayesha Khan ', true],
  ['x'.repeat(101), false],
])('name %j fits: %s', (full_name, fits) => {
  expect(profileSchema.safeParse({ full_name, phone: '' }).success).toBe(fits);
});
