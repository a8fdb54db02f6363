import type { RefusalCode } from '#contract/errors.ts';
import type { GuardAnswer } from '../define-sync.ts';

/** How one operation ended: done (with the columns it has the last word in; `unchanged` where they said so already), moved on, refused with words of its own, or to be tried later. */
export type Outcome =
  | { kind: 'ok'; columns: string[]; unchanged?: true }
  | { kind: 'conflict' }
  | { kind: 'refused'; code: RefusalCode; message?: string }
  | { kind: 'wait'; reason: 'files' | 'parent' };

export const done = (columns: string[] = []): Outcome => ({ kind: 'ok', columns });
export const refuse = (code: RefusalCode, message?: string): Outcome => ({ kind: 'refused', code, message });
export const answered = (answer: Exclude<GuardAnswer, 'allowed'>): Outcome =>
  typeof answer === 'string' ? refuse(answer) : { kind: 'wait', reason: answer.wait };
