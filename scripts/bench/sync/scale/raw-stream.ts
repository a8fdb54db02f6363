import { connect, type Socket } from 'node:net';
import { headersOf, type Device } from './crowd.ts';

/** A stream as thin as it can be, so that thousands of readers leave the processor to the server. */
export type RawStream = {
  /** Resolves at the first checkpoint, rejects when the stream ends before. */
  caughtUp: Promise<void>;
  /** Calls back with each line of the answer, at the moment it was read. */
  onLine(listener: ((line: string) => void) | null): void;
  close(): void;
};

/** Answered with something else than a stream. */
export class RefusedError extends Error {
  readonly status: number;
  readonly retryAfter: number;
  constructor(status: number, retryAfter: number) {
    super(`a stream was answered ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Opens a stream from where the device stands; its checkpoints move the device on. */
export function openRawStream(url: string, device: Device): RawStream {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  const body = JSON.stringify({ checkpoint: device.checkpoint });
  const head = Object.entries({ ...headersOf(device), host: hostname, 'content-length': String(body.length) });
  socket.write(
    `POST /sync/v1/stream HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );

  let tail = '';
  let listener: ((line: string) => void) | null = null;
  let begun = false;
  const settled = Promise.withResolvers<void>();
  settled.promise.catch(() => undefined);
  const take = (line: string): void => {
    // Between the lines of the answer stand the sizes of its chunks.
    if (!line.startsWith('{')) return;
    if (line.startsWith('{"t":"cp"')) {
      device.checkpoint = /"cp":"([^"]+)"/.exec(line)![1]!;
      settled.resolve();
    }
    listener?.(line);
  };
  socket.on('data', (chunk) => {
    const lines = (tail + chunk.toString('latin1')).split('\n');
    tail = lines.pop()!;
    if (!begun) {
      begun = true;
      const status = Number(lines[0]!.split(' ')[1]);
      const retryAfter = Number(/retry-after: (\d+)/i.exec(lines.join('\n'))?.[1] ?? 0);
      if (status !== 200) return settled.reject(new RefusedError(status, retryAfter));
    }
    for (const line of lines) take(line);
  });
  socket.on('error', (error) => settled.reject(error));
  socket.on('close', () => settled.reject(new Error('a stream ended before it had caught up')));
  return {
    caughtUp: settled.promise,
    onLine: (next) => void (listener = next),
    close: () => socket.destroy(),
  };
}

/** Opens a stream for each, so many at a time, and waits until all have caught up. */
export async function openAll(url: string, crowd: readonly Device[], parallel = 40): Promise<RawStream[]> {
  const streams: RawStream[] = [];
  const queue = [...crowd];
  const worker = async (): Promise<void> => {
    for (let device = queue.pop(); device; device = queue.pop()) {
      const stream = openRawStream(url, device);
      await stream.caughtUp;
      streams.push(stream);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return streams;
}
