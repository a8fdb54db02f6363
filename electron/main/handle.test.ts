import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channels } from '#desktop/index.ts';
import { answer, isTrustedSender, type Handlers } from './handle.ts';

const reached: string[] = [];
/** Handlers that record what got through to them. */
const recording = Object.fromEntries(
  Object.keys(channels).map((name) => [
    name,
    () => {
      reached.push(name);
      return { ok: true };
    },
  ]),
) as unknown as Handlers;

describe('isTrustedSender', () => {
  const sender = (url: string, parent: unknown = null) => ({ senderFrame: { url, parent } }) as never;
  test('the main frame of the app may ask', () =>
    expect(isTrustedSender(sender('app://growthos/index.html'))).toBe(true));
  test.each([
    ['a foreign page', sender('https://evil.example/')],
    ['a look-alike host', sender('app://growthos.evil/')],
    ['a frame inside', sender('app://growthos/', {})],
    ['an empty address', sender('')],
    ['a frame that is gone', { senderFrame: null } as never],
  ])('%s may not', (_name, event) => expect(isTrustedSender(event)).toBe(false));
});

describe('answer', () => {
  test('a fitting call reaches its handler', async () => {
    expect(await answer(recording, 'shell.open', { url: 'https://a.example' })).toEqual({ ok: true });
    expect(reached).toContain('shell.open');
  });
  test.each(['constructor', '__proto__', 'toString', 'app.info ', '', null, 7, {}])('%s is no channel', (channel) =>
    expect(answer(recording, channel, undefined)).rejects.toThrow('unknown channel'),
  );
  test('junk never reaches a handler', async () => {
    const takesInput = Object.keys(channels).filter(
      (name) => !channels[name as keyof typeof channels].in.safeParse(undefined).success,
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...takesInput), fc.anything(), async (channel, input) => {
        fc.pre(!channels[channel as keyof typeof channels].in.safeParse(input).success);
        const before = reached.length;
        await expect(answer(recording, channel, input)).rejects.toThrow('does not fit');
        expect(reached.length).toBe(before);
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
  test('an answer that does not fit the contract is an error, not a leak', async () => {
    const leaky = { ...recording, 'secrets.get': () => ({ value: 7 }) } as unknown as Handlers;
    await expect(answer(leaky, 'secrets.get', { name: 'refresh' })).rejects.toThrow();
  });
});
