import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

type Encoding = 'br' | 'gzip';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);
/** Below the best level: a bundle takes a tenth of the time and grows by a few per cent. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

/** Images, fonts and the like are compressed already. */
const worthwhile = /^(text\/|application\/(json|manifest\+json|wasm)|image\/svg)/;

/** The best encoding a reader accepts for this type of file, null for plain. */
export function chooseEncoding(type: string, acceptEncoding: string | undefined): Encoding | null {
  if (!worthwhile.test(type)) return null;
  const accepted = new Set((acceptEncoding ?? '').split(',').map((part) => part.split(';')[0]!.trim().toLowerCase()));
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : null;
}

export type CompressedFiles = { read(path: string, version: string, encoding: Encoding): Promise<Buffer> };

/** Compresses each file of the built app once and keeps it; a new version of the file replaces the old. */
export function createCompressedFiles(): CompressedFiles {
  const kept = new Map<string, { version: string; bytes: Promise<Buffer> }>();
  const compress = async (path: string, encoding: Encoding): Promise<Buffer> => {
    const plain = await readFile(path);
    return encoding === 'br' ? compressBrotli(plain, brotliOptions) : compressGzip(plain);
  };

  return {
    read(path, version, encoding) {
      const key = `${encoding} ${path}`;
      const known = kept.get(key);
      if (known?.version === version) return known.bytes;
      const bytes = compress(path, encoding);
      kept.set(key, { version, bytes });
      // A file that vanished while it was read must not be remembered as a failure.
      bytes.catch(() => kept.delete(key));
      return bytes;
    },
  };
}
