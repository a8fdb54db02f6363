import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { answerGoneCallers } from './answer-gone-callers.ts';

/** Ends an answer whose caller has left, or stays; tells whether the end was called back from. */
async function endAnAnswer(prepare: (response: ServerResponse) => void, caller: 'leaves' | 'stays'): Promise<boolean> {
  const { promise: answered, resolve: answer } = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => answer(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line = connect((server.address() as AddressInfo).port, '127.0.0.1');
  line.resume();
  line.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
  const response = await answered;
  prepare(response);
  if (caller === 'leaves') {
    line.destroy();
    await once(response, 'close');
  }
  let isOver = false;
  response.writeHead(204).end(() => (isOver = true));
  if (caller === 'stays') await once(response, 'close');
  // Whatever follows from the end has happened after a few turns.
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  line.destroy();
  server.close();
  await once(server, 'close');
  return isOver;
}

test('the end of an answer is told though its caller has gone', async () => {
  expect(await endAnAnswer(answerGoneCallers, 'leaves')).toBe(true);
});

test('and where the caller is still there', async () => {
  expect(await endAnAnswer(answerGoneCallers, 'stays')).toBe(true);
});

test('node alone does not tell it, which is what this test would see', async () => {
  expect(await endAnAnswer(() => undefined, 'leaves')).toBe(false);
});
