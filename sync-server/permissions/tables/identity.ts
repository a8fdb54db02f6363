import { roles } from '#contract/roles.ts';
import { onlineOnly } from '../view.ts';

const staff = ['admin', 'superadmin'] as const;

/** Sign-ins. Nobody reads a row; commands tell their person, or who may manage the account, what they need to know. */
export const auth_sessions = onlineOnly('auth_sessions', {
  read: [],
  commands: [
    { name: 'revoke-session', verb: 'update', roles },
    { name: 'revoke-user-sessions', verb: 'update', roles: staff },
  ],
});

/** Second factors: their person's through the account protocol, others' by this one command. */
export const mfa_factors = onlineOnly('mfa_factors', {
  read: [],
  commands: [{ name: 'remove-user-factors', verb: 'delete', roles: staff }],
});

/** Password hashes and the fingerprints of tokens: nobody reads or writes them but the server. */
export const user_credentials = onlineOnly('user_credentials', { read: [] });
export const refresh_tokens = onlineOnly('refresh_tokens', { read: [] });
export const one_time_tokens = onlineOnly('one_time_tokens', { read: [] });
