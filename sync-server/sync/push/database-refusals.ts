import type { RefusalCode } from '#contract/errors.ts';
import type { GuardAnswer } from '../define-sync.ts';

type PgError = Error & { code?: string; constraint?: string; severity?: string };

/** The whole push may simply be tried again: another transaction was in the way, or the server is away. */
const passing = new Set(['40001', '40P01', '55P03', '57014']);
export const isPassing = (error: unknown): boolean => {
  const { code = '', severity } = error as PgError;
  return (
    passing.has(code) ||
    code.startsWith('08') ||
    code.startsWith('57P') ||
    code.startsWith('53') ||
    (severity === undefined && code.startsWith('E'))
  );
};

/** What a refusal by the database itself means for one operation; null where it is a fault of ours. */
export function refusalOf(error: unknown, isNew: boolean): GuardAnswer | null {
  const { code = '', constraint = '' } = error as PgError;
  // The row is there, but not for this person: whose it is must not show.
  if (code === '42501' || (code === '23505' && constraint.endsWith('_pkey'))) return 'not_allowed';
  if (code === '23505') return isNew ? 'duplicate' : 'taken';
  if (code === '23503') return { wait: 'parent' };
  if (code === '22001' || code === '54000') return 'too_large';
  if (code === '23514' || code === '23502' || code.startsWith('22')) return 'invalid';
  return null;
}

/** English for the log of what was not taken and for callers without our interface. */
export const refusalSentences: Record<RefusalCode, string> = {
  not_allowed: 'This account may not make this change.',
  locked: 'The lesson is not open.',
  closed: 'This is closed.',
  already_reviewed: 'It was reviewed in the meantime.',
  submission_open: 'An earlier attempt still waits for its review.',
  already_approved: 'It was approved already.',
  stale: 'The row is no longer what this change was made for.',
  taken: 'Somebody else has this value.',
  invalid: 'Some values do not fit.',
  too_large: 'It is too large.',
  file_type: 'This kind of file is not accepted.',
  duplicate: 'It exists already.',
  unknown: 'The server could not work this out.',
};
