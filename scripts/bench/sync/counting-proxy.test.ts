import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startCountingProxy } from './counting-proxy.ts';

test('what a client gets through the proxy is what was sent, and every byte of it is counted', async () => {
  const body = Buffer.alloc(3_000_000, 'a page of notes ');
  const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const proxy = await startCountingProxy((server.address() as AddressInfo).port);
  const answer = await fetch(`http://127.0.0.1:${proxy.port}/`);
  const got = Buffer.from(await answer.arrayBuffer());
  expect(got.equals(body)).toBe(true);
  // The head comes on top.
  expect(proxy.bytes.down).toBeGreaterThan(body.length);
  expect(proxy.bytes.down).toBeLessThan(body.length + 1000);
  expect(proxy.bytes.up).toBeGreaterThan(10);
  proxy.close();
  server.closeAllConnections();
  server.close();
});
