import { deviceHeaders } from '#contract/api/identity.ts';
import { ask, jsonOf, refusalOf } from './answers.ts';
import { ApiError } from './errors.ts';
import { session, type Connection } from './session.ts';

export type CommandOptions = {
  /** The same key makes a repeated command answer as the first time (workflows 0.3); made here unless given. */
  idempotencyKey?: string;
  signal?: AbortSignal;
};

/**
 * Commands: what the server alone decides (money, accounts, settings, content). Never queued offline.
 * Throws `NetworkError` (try again), `ApiError` with the contract's code, or `SessionExpiredError`.
 */
export type Api = {
  command<Output = unknown>(name: string, input?: unknown, options?: CommandOptions): Promise<Output>;
};

export function createApi(connect: () => Promise<Connection | null>): Api {
  return {
    async command<Output>(name: string, input: unknown = {}, options: CommandOptions = {}) {
      const connection = await connect();
      if (!connection) throw new ApiError({ code: 'AUTH_REQUIRED', status: 401, message: 'nobody is signed in' });
      const key = options.idempotencyKey ?? crypto.randomUUID();
      const send = async (fresh: boolean): Promise<Response> =>
        ask(connection.fetch, `${connection.serverUrl}/functions/v1/${name}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${await connection.accessToken({ fresh })}`,
            'content-type': 'application/json',
            'idempotency-key': key,
            [deviceHeaders.id]: connection.deviceId,
          },
          body: JSON.stringify(input),
          ...(options.signal ? { signal: options.signal } : {}),
        });
      let response = await send(false);
      if (response.status === 401) response = await send(true);
      if (!response.ok) throw await refusalOf(response);
      const body = (await jsonOf(response)) as { data?: unknown };
      return body.data as Output;
    },
  };
}

/** Commands as the person who is signed in on this page. */
export const api: Api = createApi(() => session.connection());
