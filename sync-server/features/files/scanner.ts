import { createReadStream } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Config } from '../../config.ts';

/** What a virus scanner says of a file; `away` = it could not be asked, and the file waits. */
export type Finding = 'clean' | 'infected' | 'away';

/** Asks whether a finished upload is harmless. */
export type Scanner = { scan(path: string): Promise<Finding> };

/** How long the daemon may be silent. */
const patienceMs = 60_000;
const pieceBytes = 64 * 1024;

/**
 * The scanner the configuration names, null when there is none. Speaks clamd's INSTREAM: the bytes go over the connection, so
 * the daemon may live on another machine and needs no right to our files.
 */
export function openScanner({ CLAMD_ADDRESS }: Partial<Pick<Config, 'CLAMD_ADDRESS'>>): Scanner | null {
  if (!CLAMD_ADDRESS) return null;
  const [host, port] = [CLAMD_ADDRESS.slice(0, CLAMD_ADDRESS.lastIndexOf(':')), CLAMD_ADDRESS.split(':').at(-1)];
  return { scan: (path) => askDaemon(host, Number(port), path).then(readAnswer, () => 'away' as const) };
}

async function askDaemon(host: string, port: number, path: string): Promise<string> {
  const socket = connect({ host, port, timeout: patienceMs });
  socket.on('timeout', () => socket.destroy(new Error('the scanner is silent')));
  const answered = text(socket);
  // Awaited below; a connection that fails while bytes are still being sent must not count as unhandled meanwhile.
  answered.catch(() => undefined);
  try {
    await once(socket, 'connect');
    socket.write('zINSTREAM\0');
    for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE((piece as Buffer).length);
      socket.write(length);
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), answered]);
    }
    socket.write(Buffer.alloc(4));
    return await answered;
  } finally {
    socket.destroy();
  }
}

/** `stream: OK`, `stream: <name> FOUND`, or an error such as a size limit: what was not looked at is not clean. */
function readAnswer(answer: string): Finding {
  const line = answer.replaceAll('\0', '').trim();
  if (line.endsWith(' OK')) return 'clean';
  return line.endsWith(' FOUND') ? 'infected' : 'away';
}
