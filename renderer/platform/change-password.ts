import { anonKey, deviceHeaders, type AuthErrorCode } from '#contract/api/identity.ts';
import { ask } from './answers.ts';
import { authCodeOf } from './auth-fetch.ts';
import { NetworkError, SessionExpiredError } from './errors.ts';
import type { Connection } from './session.ts';

export type ChangePasswordAnswer = 'changed' | 'network' | 'expired' | AuthErrorCode;

/** Sets a new password; the server ends every other session. Never queued: the answer is needed on the spot. */
export async function changePassword(
  connection: Pick<Connection, 'fetch' | 'serverUrl' | 'deviceId' | 'accessToken'>,
  passwords: { current: string; next: string },
): Promise<ChangePasswordAnswer> {
  try {
    const response = await ask(connection.fetch, `${connection.serverUrl}/auth/v1/user`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${await connection.accessToken()}`,
        apikey: anonKey,
        'content-type': 'application/json',
        [deviceHeaders.id]: connection.deviceId,
      },
      body: JSON.stringify({ password: passwords.next, current_password: passwords.current }),
    });
    if (response.ok) return 'changed';
    return (await authCodeOf(response)) ?? 'network';
  } catch (failure) {
    if (failure instanceof NetworkError) return 'network';
    if (failure instanceof SessionExpiredError) return 'expired';
    throw failure;
  }
}
