import { request, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { rounded } from '../statistics.ts';

export type SnapshotTask = {
  url: string;
  /** Given: a pull of ours, whose lines are frames; left out: lines that are documents. */
  pull?: { token: string; deviceId: string };
  encoding: 'zstd' | 'identity';
  rounds: number;
};
export type Snapshot = {
  /** From the request until the last document was parsed. */
  ms: number[];
  /** Bytes that came over the connection, heads included. */
  wire_bytes: number;
  documents: number;
};

/** Reads a whole answer and parses every document, without keeping any: how fast the server and the wire are. */
export async function readSnapshot(task: SnapshotTask): Promise<Snapshot> {
  const ms: number[] = [];
  // The first one warms plans and caches on both sides and is not counted.
  let last = await readOnce(task);
  for (let round = 0; round < task.rounds; round += 1) {
    const from = performance.now();
    last = await readOnce(task);
    ms.push(rounded(performance.now() - from));
  }
  return { ms, ...last };
}

async function readOnce({ url, pull, encoding }: SnapshotTask): Promise<{ documents: number; wire_bytes: number }> {
  const answer = await ask(url, pull, encoding);
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
  const { socket } = answer;
  let documents = 0;
  let tail = '';
  const take = (line: string): void => {
    const parsed = JSON.parse(line) as { t?: string; d?: unknown[] };
    if (!pull) documents += 1;
    else if (parsed.t === 'docs') documents += parsed.d!.length;
  };
  const isPacked = answer.headers['content-encoding'] === 'zstd';
  const text: Readable = isPacked ? answer.pipe(createZstdDecompress()) : answer;
  text.setEncoding('utf8');
  for await (const chunk of text) {
    const lines = (tail + (chunk as string)).split('\n');
    tail = lines.pop()!;
    for (const line of lines) take(line);
  }
  if (tail !== '') throw new Error('the answer ended inside a line');
  return { documents, wire_bytes: socket.bytesRead };
}

function ask(url: string, pull: SnapshotTask['pull'], encoding: string): Promise<IncomingMessage> {
  const headers = {
    'accept-encoding': encoding,
    ...(pull
      ? {
          authorization: `Bearer ${pull.token}`,
          'content-type': 'application/json',
          'sync-protocol': '1',
          'x-device-id': pull.deviceId,
        }
      : {}),
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: pull ? 'POST' : 'GET', headers, agent: false }, resolve);
    asked.on('error', reject);
    asked.end(pull ? JSON.stringify({ checkpoint: null }) : undefined);
  });
}
