import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { waitForHandlers } from './underway.ts';

/** An app whose one handler runs until `finish`, asked by a caller who has left; it is being closed. */
async function closeInMidWork(prepare: (app: FastifyInstance) => void) {
  const app = fastify({ forceCloseConnections: 'idle' });
  prepare(app);
  const { promise: work, resolve: finish, reject: fail } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  app.get('/slow', async (request) => {
    request.raw.socket.once('close', () => leave());
    begin();
    await work;
    return 'done';
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const caller = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(caller, 'connect');
  caller.write('GET /slow HTTP/1.1\r\nhost: here\r\n\r\n');
  await begun;
  caller.destroy();
  await gone;
  let isClosed = false;
  const served = once(app.server, 'close');
  const closing = app.close().then(() => (isClosed = true));
  // The connections are over; what is left is the app's own waiting, which would be through after a few turns.
  await served;
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  return { isClosed: () => isClosed, finish, fail, closing };
}

test('a handler whose caller has left is waited for', async () => {
  const { isClosed, finish, closing } = await closeInMidWork(waitForHandlers);
  expect(isClosed()).toBe(false);
  finish();
  await closing;
});

test('a handler that fails ends the waiting as well', async () => {
  const { isClosed, fail, closing } = await closeInMidWork(waitForHandlers);
  expect(isClosed()).toBe(false);
  fail(new Error('no more'));
  await closing;
});

test('one that never ends is not waited for without end', async () => {
  const { finish, closing } = await closeInMidWork((app) => waitForHandlers(app, 1));
  await closing;
  finish();
});

test('an app left to itself does not wait, which is what this test would see', async () => {
  const { isClosed, finish, closing } = await closeInMidWork(() => undefined);
  expect(isClosed()).toBe(true);
  finish();
  await closing;
});
