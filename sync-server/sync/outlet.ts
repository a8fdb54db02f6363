import type { ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';

/** The reader went away. */
export class ClosedError extends Error {}

/** The reader takes less than we have for it. */
export class SlowReaderError extends ClosedError {}

/** Waits for the reader to take what was written, but not for ever: what it reads from is held open meanwhile. */
export async function withPatience(written: Promise<void>, patienceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SlowReaderError()), patienceMs);
  });
  try {
    await Promise.race([written, impatience]);
  } finally {
    clearTimeout(timer);
  }
}

/** Where the lines of one answer go; waits for a slow reader. */
export type Outlet = {
  /** What is handed on as the body; the response itself where lines are written straight to it. */
  readonly body: Readable | ServerResponse;
  /** The content encoding, null for plain. */
  readonly encoding: 'zstd' | 'gzip' | null;
  /** Null where the line was taken at once; else resolves when more is taken. Throws ClosedError where nobody reads any more. */
  write(line: string | Uint8Array): Promise<void> | null;
  end(): void;
};

/** An answer that is written line by line. */
export type Answer = {
  readonly begun: boolean;
  write: Outlet['write'];
  /** Resolves when the last byte was handed to the system or the reader is gone. */
  finished: Promise<void>;
};

/** Cheapest level: on a first sync of 50,000 rows it costs less time than the bytes it saves. */
const zstdLevel = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 65_536 };

/** An answer compressed as the reader accepts it. */
export function createOutlet(acceptEncoding: string | undefined): Outlet {
  const accepts = (acceptEncoding ?? '').toLowerCase();
  if (/\bzstd\b/.test(accepts)) return outletOver(createZstdCompress(zstdLevel), 'zstd');
  if (/\bgzip\b/.test(accepts)) return outletOver(createGzip({ level: 1 }), 'gzip');
  return outletOver(new PassThrough(), null);
}

/** What may wait for the reader of a live stream; beyond it the writer waits, and soon gives up. */
const liveBuffer = 1_000_000;

/**
 * A live answer is never compressed: single changes gain nothing, and a compressor holds them back. It is written straight to the
 * response: a stream in between, of which thousands are open, would only take memory. Once the head is out, lines go to the socket
 * as chunks of HTTP/1.1: one write each instead of the four that a response makes of it, which is felt where a change goes to a
 * thousand streams.
 */
export function createLiveOutlet(response: ServerResponse): Outlet {
  let hasHead = false;
  response.on('error', () => undefined);
  return {
    body: response,
    encoding: null,
    write(text) {
      const { socket } = response;
      if (response.destroyed || response.writableEnded || !socket) throw new ClosedError();
      if (typeof text === 'string' && hasHead && response.chunkedEncoding)
        socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
      else response.write(text);
      hasHead = true;
      return response.writableLength > liveBuffer ? drained(socket) : null;
    },
    // Nothing was begun: whoever refuses answers in its place.
    end: () => void (response.headersSent && response.end()),
  };
}

function outletOver(stream: PassThrough | ReturnType<typeof createGzip>, encoding: Outlet['encoding']): Outlet {
  // A reader that goes away destroys the stream; the writer notices at its next line.
  stream.on('error', () => undefined);
  return {
    body: stream,
    encoding,
    write(text) {
      if (stream.destroyed) throw new ClosedError();
      return stream.write(text) ? null : drained(stream);
    },
    end: () => void stream.end(),
  };
}

/** Resolves when the stream takes more or will never take any; leaves no listener behind. */
const drained = (stream: NodeJS.WritableStream): Promise<void> =>
  new Promise((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle);
      stream.off('close', settle);
      resolve();
    };
    stream.once('drain', settle);
    stream.once('close', settle);
  });
