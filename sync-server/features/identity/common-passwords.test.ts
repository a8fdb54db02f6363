import { expect, test } from 'vitest';
import { isCommonPassword } from './common-passwords.ts';

test.each(['password', 'PassWord', 'password1', 'qwertyuiop', '1234567890', 'iloveyou!', 'pakistan786', 'bismillah'])(
  '%s is common',
  (password) => expect(isCommonPassword(password)).toBe(true),
);

test.each(['Password2026', 'sunshine77!', 'iloveyou123!', 'Football#10'])(
  '%s is a common one with an end',
  (password) => expect(isCommonPassword(password)).toBe(true),
);

test.each([
  'a calm river at dawn',
  'x7#kQ2!mZp',
  'sunshine over karachi',
  'correcthorsebatterystaple',
  '# From the list',
])('%s is not', (password) => expect(isCommonPassword(password)).toBe(false));
