import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream';

/**
 * Whoever ends this answer hears that it is over also when its caller has gone. Node calls back from `end` only once the bytes have left,
 * which to a closed line they never do; what waits for that (tus) would wait for ever, and a stop of the server with it.
 */
export function answerGoneCallers(response: ServerResponse): void {
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  response.end = (...given: unknown[]) => {
    const last = given.at(-1);
    if (typeof last !== 'function') return end(...given);
    finished(response, () => void last());
    return end(...given.slice(0, -1));
  };
}
