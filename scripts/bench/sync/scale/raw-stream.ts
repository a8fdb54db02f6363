import { connect, type Socket } from 'node:net';
import { headersOf, type Device } from './crowd.ts';

/** A stream as thin as it can be, so that thousands of readers leave the processor to the server. */
export type RawStream = {
  /** Resolves at the first checkpoint, rejects when the stream ends before. */
  caughtUp: Promise<void>;
  /** Calls back once, with `performance.now()` of the moment at which a piece that holds this text was read from the socket. */
  whenBrings(text: Buffer, brought: (at: number) => void): void;
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

/** All readers read into the same bytes: the moment of arrival is what counts, and a reader should cost next to nothing. */
const bytes = Buffer.alloc(65_536);

/** Opens a stream from where the device stands; the last checkpoint it has seen when it closes moves the device on. */
export function openRawStream(url: string, device: Device): RawStream {
  const { hostname, port } = new URL(url);
  let waiting: { text: Buffer; brought: (at: number) => void } | null = null;
  const read = (length: number): boolean => {
    const at = performance.now();
    const piece = bytes.subarray(0, length);
    if (waiting && piece.includes(waiting.text)) {
      const { brought } = waiting;
      waiting = null;
      brought(at);
    }
    take(piece.toString('latin1'));
    return true;
  };
  const socket: Socket = connect({
    port: Number(port),
    host: hostname,
    noDelay: true,
    onread: { buffer: bytes, callback: read },
  });
  const body = JSON.stringify({ checkpoint: device.checkpoint });
  const head = Object.entries({ ...headersOf(device), host: hostname, 'content-length': String(body.length) });
  socket.write(
    `POST /sync/v1/stream HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );

  /** What was read last; beyond the first checkpoint it is only looked into when the stream is closed. */
  let text = '';
  let begun = false;
  let isLive = false;
  const settled = Promise.withResolvers<void>();
  settled.promise.catch(() => undefined);
  const moveOn = (): void => {
    const last = [...text.matchAll(/^\{"t":"cp","cp":"([^"]+)".*$/gm)].at(-1);
    if (!last) return;
    device.checkpoint = last[1]!;
    isLive = true;
    settled.resolve();
  };
  function take(piece: string): void {
    text = isLive && text.endsWith('\n') ? piece : text + piece;
    if (!begun && text.includes('\r\n\r\n')) {
      begun = true;
      const status = Number(text.split(' ', 2)[1]);
      const retryAfter = Number(/retry-after: (\d+)/i.exec(text)?.[1] ?? 0);
      if (status !== 200) return settled.reject(new RefusedError(status, retryAfter));
    }
    if (!isLive) moveOn();
  }
  socket.on('error', (error) => settled.reject(error));
  socket.on('close', () => settled.reject(new Error('a stream ended before it had caught up')));
  return {
    caughtUp: settled.promise,
    whenBrings: (text, brought) => void (waiting = { text, brought }),
    close() {
      moveOn();
      socket.destroy();
    },
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
