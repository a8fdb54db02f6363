import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import pino from 'pino';
import { expect, test } from 'vitest';
import { startServer } from '../../../testing/api-client.ts';
import { createUpload, pdfBytes, pushRow, tusHeaders } from '../../../testing/files-stage.ts';
import { announceWork, ayesha, openUploadsForTests, stage } from './uploads.fixture.ts';

openUploadsForTests();

/** A server of its own over the stage's database, and the warnings and errors it has logged. */
async function startLogged() {
  const lines: string[] = [];
  const sink = new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines.push(line.toString());
      done();
    },
  });
  const server = await startServer(stage.database, { log: pino({ level: 'warn' }, sink) });
  return { server, lines };
}

/** Sends the head of a PATCH that announces `length` bytes and this much of its body, and leaves without an answer. */
async function breakOff(url: string, location: string, length: number, body: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(url);
  const caller = connect(Number(port), hostname);
  await once(caller, 'connect');
  const headers = {
    host: 'here',
    ...tusHeaders(ayesha),
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': length,
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  caller.write(`PATCH ${new URL(location, url).pathname} HTTP/1.1\r\n${head.join('')}\r\n`);
  await new Promise<void>((resolve) => caller.write(body, () => resolve()));
  caller.destroy();
  await once(caller, 'close');
}

const bytes = pdfBytes(300_000);

test.each([
  ['before a byte of the body has come', 0],
  ['in the midst of the body', 100_000],
  ['with the whole body sent, before the answer', bytes.length],
])('a request whose caller leaves %s comes to its end, and the server can stop', async (_when, sent) => {
  const { server, lines } = await startLogged();
  const file = announceWork(bytes);
  await pushRow(stage, file);
  const created = await createUpload(server, ayesha, file, bytes.length);
  const location = created.headers.get('location')!;
  for (let time = 0; time < 3; time++) await breakOff(server.url, location, bytes.length, bytes.subarray(0, sent));
  // It would wait half a minute for a handler that does not end, and say so.
  await server.close();
  expect(lines).toEqual([]);
});
