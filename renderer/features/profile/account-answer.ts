import type { AccountFault } from '../../platform/account.ts';

/** Which sentence says what the server answered about the account. */
export type AccountWords = 'wrongCode' | 'codesPause' | 'network' | 'tooOften' | 'notAnAddress' | 'failed';

export const accountWords = (fault: AccountFault): AccountWords => {
  switch (fault) {
    case 'mfa_verification_failed':
    case 'mfa_challenge_expired':
      return 'wrongCode';
    case 'over_request_rate_limit':
      return 'codesPause';
    case 'over_email_send_rate_limit':
      return 'tooOften';
    case 'validation_failed':
      return 'notAnAddress';
    case 'network':
      return 'network';
    default:
      return 'failed';
  }
};
