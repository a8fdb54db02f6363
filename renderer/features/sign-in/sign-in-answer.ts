import type { SignInAnswer } from '../../platform/index.ts';

/** What is wrong with the fields before the server is asked. */
export const checkSignIn = (email: string, password: string): { email?: 'empty' | 'shape'; password?: 'empty' } => ({
  ...(email.trim() === ''
    ? { email: 'empty' as const }
    : /^\S+@\S+\.\S+$/.test(email.trim())
      ? {}
      : { email: 'shape' as const }),
  ...(password === '' ? { password: 'empty' as const } : {}),
});

export type Meaning =
  | {
      kind:
        | 'wrong'
        | 'blocked'
        | 'network'
        | 'otherPerson'
        | 'failed'
        | 'wrongCode'
        | 'tooManyCodes'
        | 'weakPassword'
        | 'oldLink'
        | 'addressTaken';
    }
  /** The server asks to wait, in seconds. */
  | { kind: 'busy'; seconds: number };

/** What an answer means to the person: it never says whether address or password was wrong. */
export const meaningOf = (answer: Extract<SignInAnswer, { ok: false }>): Meaning => {
  switch (answer.code) {
    case 'invalid_credentials':
    case 'validation_failed':
    case 'user_not_found':
      return { kind: 'wrong' };
    case 'mfa_verification_failed':
    case 'mfa_challenge_expired':
      return { kind: 'wrongCode' };
    case 'over_request_rate_limit':
    case 'mfa_recovery_codes_locked':
      return { kind: 'tooManyCodes' };
    case 'weak_password':
      return { kind: 'weakPassword' };
    case 'otp_expired':
    case 'not_found':
    case 'session_not_found':
      return { kind: 'oldLink' };
    case 'email_exists':
      return { kind: 'addressTaken' };
    case 'user_banned':
      return { kind: 'blocked' };
    case 'other_person':
      return { kind: 'otherPerson' };
    case 'request_timeout':
      return { kind: 'busy', seconds: answer.retryAfter ?? 5 };
    case 'network':
      return answer.retryAfter ? { kind: 'busy', seconds: answer.retryAfter } : { kind: 'network' };
    default:
      return { kind: 'failed' };
  }
};
