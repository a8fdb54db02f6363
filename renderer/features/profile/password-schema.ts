import { z } from 'zod';
import { passwordLength } from '#contract/api/identity.ts';
import type { ChangePasswordAnswer } from '../../platform/change-password.ts';

/** Long enough, repeated, and another than before; the server also refuses the most common ones. */
export const passwordSchema = z
  .object({
    current: z.string().min(1),
    next: z.string().min(passwordLength.min).max(passwordLength.max),
    repeated: z.string(),
  })
  .refine(({ next, repeated }) => next === repeated, { path: ['repeated'] });
export type PasswordInput = z.infer<typeof passwordSchema>;

/** Which sentence says what the server answered. */
export const passwordAnswer = (
  answer: Exclude<ChangePasswordAnswer, 'changed'>,
): { field: 'current' | 'next' | null; words: 'wrong' | 'weak' | 'same' | 'network' | 'failed' } => {
  switch (answer) {
    case 'invalid_credentials':
    case 'reauthentication_needed':
      return { field: 'current', words: 'wrong' };
    case 'weak_password':
      return { field: 'next', words: 'weak' };
    case 'same_password':
      return { field: 'next', words: 'same' };
    case 'network':
      return { field: null, words: 'network' };
    default:
      return { field: null, words: 'failed' };
  }
};
