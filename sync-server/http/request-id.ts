import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const header = 'x-request-id';
/** What nginx, Envoy and the like make: hex, UUIDs, short words. Anything else could be a line break or somebody's text. */
const wellFormed = /^[A-Za-z0-9_-]{8,64}$/;

/**
 * The id by which one request is found in every log. A proxy of ours may bring its own; from anybody else it is not taken, since
 * it would end up in our log and trail under somebody else's control.
 */
export const requestIdOf =
  (trustedProxies: number) =>
  ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
    const given = headers[header];
    return trustedProxies > 0 && typeof given === 'string' && wellFormed.test(given) ? given : randomUUID();
  };
