import { deviceKeyHeader } from '#contract/api/wipe.ts';
import {
  protocolVersion,
  schemaVersion,
  syncHeaders,
  type CheckRequest,
  type PushRequest,
} from '#contract/protocol.ts';
import { ask, jsonOf, refusalOf } from '../platform/answers.ts';
import { NetworkError } from '../platform/errors.ts';
import type { Connection } from '../platform/session.ts';

/** The four requests of /sync/v1. Each fails with `NetworkError`, `ApiError` or `SessionExpiredError` and nothing else. */
export type SyncRequests = {
  pull(checkpoint: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  stream(checkpoint: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  push(request: PushRequest, signal: AbortSignal): Promise<unknown>;
  check(request: CheckRequest, signal: AbortSignal): Promise<unknown>;
};

/** No answer at all within this time counts as no network. */
const answerMs = 30_000;

/** `dataKey`: the public key of this device's data, by which the server will know it when it is signed out. */
export function syncRequests(connection: Connection, dataKey: string): SyncRequests {
  async function post(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    const send = async (fresh: boolean): Promise<Response> => {
      const headers = {
        authorization: `Bearer ${await connection.accessToken({ fresh })}`,
        'content-type': 'application/json',
        [syncHeaders.protocol]: String(protocolVersion),
        [syncHeaders.schema]: String(schemaVersion),
        [syncHeaders.device]: connection.deviceId,
        [deviceKeyHeader]: dataKey,
      };
      // Only the wait for the answer's head is limited: a first sync or a stream may last.
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new NetworkError('the server did not answer in time')), answerMs);
      try {
        return await ask(connection.fetch, `${connection.serverUrl}/sync/v1/${path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
          signal: AbortSignal.any([signal, late.signal]),
        });
      } finally {
        clearTimeout(timer);
      }
    };
    let response = await send(false);
    // The device's clock may have been set back, so that a token that has ended still looked good.
    if (response.status === 401) response = await send(true);
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  async function lines(
    path: string,
    checkpoint: string | null,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const response = await post(path, { checkpoint }, signal);
    const type = response.headers.get('content-type') ?? '';
    if (!type.includes('ndjson') || !response.body) {
      throw new NetworkError('an answer that is not a stream of frames', { answered: true });
    }
    return response.body;
  }

  return {
    pull: (checkpoint, signal) => lines('pull', checkpoint, signal),
    stream: (checkpoint, signal) => lines('stream', checkpoint, signal),
    push: async (request, signal) => jsonOf(await post('push', request, signal)),
    check: async (request, signal) => jsonOf(await post('check', request, signal)),
  };
}
