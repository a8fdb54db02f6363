import { AppError } from '../../http/errors.ts';

/** For `catch`: a refusal means "no"; anything else is a fault and goes on. */
export function refusalToNull(error: unknown): null {
  if (error instanceof AppError && error.code !== 'INTERNAL_ERROR') return null;
  throw error;
}
