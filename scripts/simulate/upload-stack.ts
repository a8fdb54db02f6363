import { AsyncLocalStorage } from 'node:async_hooks';
import * as tus from 'tus-js-client';
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';

/** The network that the upload running now goes through. */
export const uploadLine = new AsyncLocalStorage<typeof fetch>();

/** tus-js-client over `fetch`, so that files go through the same bad lines as everything else. */
const stack: HttpStack = {
  getName: () => 'simulation',
  createRequest(method, url) {
    const through = uploadLine.getStore();
    if (!through) throw new Error('an upload outside any computer');
    return request(method, url, through);
  },
};
// The package gives its defaults away without saying so in its types.
(tus as unknown as { defaultOptions: { httpStack: HttpStack } }).defaultOptions.httpStack = stack;

function request(method: string, url: string, through: typeof fetch): HttpRequest {
  const headers = new Headers();
  const stop = new AbortController();
  return {
    getMethod: () => method,
    getURL: () => url,
    setHeader: (name, value) => headers.set(name, value),
    getHeader: (name) => headers.get(name) ?? undefined,
    setProgressHandler: () => undefined,
    abort: () => Promise.resolve(stop.abort()),
    getUnderlyingObject: () => null,
    async send(body): Promise<HttpResponse> {
      const bytes = body ? { body: new Uint8Array(body as Buffer) } : {};
      const answer = await through(url, { method, headers, signal: stop.signal, ...bytes });
      const text = await answer.text();
      return {
        getStatus: () => answer.status,
        getHeader: (name) => answer.headers.get(name) ?? undefined,
        getBody: () => text,
        getUnderlyingObject: () => null,
      };
    },
  };
}
