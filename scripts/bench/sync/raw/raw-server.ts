/**
 * The physical limit: rows leave PostgreSQL by COPY and go out over HTTP as they are, without people, rights or checkpoints.
 * Gets the database's address and the query as arguments, tells its port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, createZstdCompress } from 'node:zlib';
import pg from 'pg';
import { CopyOut } from './copy-out.ts';

const [databaseUrl = '', query = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
// Neither character occurs in JSON text, so nothing is escaped.
const copy = `copy (${query}) to stdout with (format csv, delimiter e'\\x02', quote e'\\x01')`;
const writeBytes = 65_536;
const zstdLevel = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const server = createServer((request, response) => {
  const isPacked = request.headers['accept-encoding'] === 'zstd';
  response.writeHead(200, {
    'content-type': 'application/x-ndjson',
    ...(isPacked ? { 'content-encoding': 'zstd' } : {}),
  });
  const packer = isPacked ? createZstdCompress(zstdLevel) : null;
  packer?.pipe(response);
  const target = packer ?? response;
  send(target).catch((error: Error) => target.destroy(error));
});

async function send(target: NodeJS.WritableStream): Promise<void> {
  const client = await pool.connect();
  let page = Buffer.allocUnsafe(writeBytes);
  let filled = 0;
  const flush = (): void => {
    target.write(page.subarray(0, filled));
    page = Buffer.allocUnsafe(writeBytes);
    filled = 0;
  };
  try {
    const rows = new CopyOut(copy, (chunk) => {
      if (filled + chunk.length > writeBytes) flush();
      // The driver uses the chunk's memory again.
      page.set(chunk, filled);
      filled += chunk.length;
    });
    client.query(rows);
    await rows.done;
  } finally {
    client.release();
  }
  target.end(page.subarray(0, filled));
}

server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit(0));
