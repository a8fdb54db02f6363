import { describe, expect, it } from 'vitest';
import { proxyPage } from '../testing/fake-server.ts';
import { createTestDevice } from '../testing/test-device.ts';
import { createApi } from './api.ts';
import { ApiError, NetworkError } from './errors.ts';

type Call = { url: string; headers: Record<string, string>; body: unknown };

/** An api over scripted answers, the last of which repeats. */
function apiAnswering(...answers: (() => Response | Promise<Response>)[]) {
  const calls: Call[] = [];
  const device = createTestDevice();
  const fetcher: typeof fetch = async (input, init) => {
    calls.push({
      url: String(input),
      headers: init?.headers as Record<string, string>,
      body: JSON.parse(String(init?.body)),
    });
    const answer = answers[Math.min(calls.length, answers.length) - 1];
    if (!answer) throw new TypeError('Failed to fetch');
    return answer();
  };
  return { api: createApi(async () => ({ ...device.connection, fetch: fetcher })), calls, device };
}
const refusal =
  (code: string, status: number, more: object = {}) =>
  () =>
    Response.json({ success: false, error: 'words', code, requestId: 'r-1', ...more }, { status });

describe('commands', () => {
  it('carry token, device and key, and resolve to the data', async () => {
    const { api, calls } = apiAnswering(() => Response.json({ success: true, data: { url: 'x' } }));
    expect(await api.command('lesson-media-url', { lesson_id: '1' })).toEqual({ url: 'x' });
    expect(calls[0]).toMatchObject({
      url: 'http://server.test/functions/v1/lesson-media-url',
      body: { lesson_id: '1' },
    });
    expect(calls[0]?.headers).toMatchObject({
      authorization: 'Bearer token',
      'x-device-id': expect.any(String) as string,
    });
    expect(calls[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are tried once more with a fresh token under the same key', async () => {
    const { api, calls, device } = apiAnswering(refusal('AUTH_REQUIRED', 401), () =>
      Response.json({ success: true, data: 1 }),
    );
    expect(await api.command('whoami')).toBe(1);
    expect(device.tokens).toEqual([false, true]);
    expect(calls[0]?.headers['idempotency-key']).toBe(calls[1]?.headers['idempotency-key']);
  });

  it('fail with the contract’s code and its details', async () => {
    const { api } = apiAnswering(refusal('ACCOUNT_RESTRICTED', 403, { details: { cause: 'overdue' } }));
    const error: unknown = await api.command('x').catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: 'ACCOUNT_RESTRICTED',
      status: 403,
      details: { cause: 'overdue' },
      requestId: 'r-1',
    });
  });

  it.each([
    ['no answer', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a proxy’s 403', () => proxyPage(403)],
    ['a proxy’s 200', () => proxyPage(200)],
    ['a code nobody knows', refusal('SOMETHING', 403)],
    ['a server that is down', refusal('UNAVAILABLE', 503)],
    ['an answer cut short', () => new Response('{"success":tr', { headers: { 'content-type': 'application/json' } })],
  ])('treat %s as the network', async (_, answer) => {
    await expect(apiAnswering(answer).api.command('x')).rejects.toBeInstanceOf(NetworkError);
  });
});
