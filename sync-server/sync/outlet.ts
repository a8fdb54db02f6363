import { PassThrough, type Readable } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';

/** The reader went away. */
export class ClosedError extends Error {}

/** Where the lines of one answer go; waits for a slow reader. */
export type Outlet = {
  readonly body: Readable;
  /** The content encoding, null for plain. */
  readonly encoding: 'zstd' | 'gzip' | null;
  write(text: string): Promise<void>;
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

/** A live answer is never compressed: single changes gain nothing, and a compressor holds them back. */
export const createLiveOutlet = (): Outlet =>
  outletOver(new PassThrough({ writableHighWaterMark: liveBuffer, readableHighWaterMark: 65_536 }), null);

function outletOver(stream: PassThrough | ReturnType<typeof createGzip>, encoding: Outlet['encoding']): Outlet {
  // A reader that goes away destroys the stream; the writer notices at its next line.
  stream.on('error', () => undefined);
  return {
    body: stream,
    encoding,
    async write(text) {
      if (stream.destroyed) throw new ClosedError();
      if (stream.write(text)) return;
      await drained(stream);
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
