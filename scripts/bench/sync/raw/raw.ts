import { fork } from 'node:child_process';
import path from 'node:path';
import { runClient } from '../ours/run-client.ts';
import { median, rounded } from '../statistics.ts';
import type { Stage } from '../stage.ts';

export type Throughput = { ms: number; all_ms: number[]; docs_per_second: number; wire_mb: number; documents: number };

/** The reader's notes as our server keeps them ready for the wire, streamed with nothing in between. */
export async function measureRaw(
  { database, reader }: Stage,
  encoding: 'zstd' | 'identity',
  rounds: number,
): Promise<Throughput> {
  const rows = `select body from sync_rows where type = 'lesson_notes' and scope = 'u:${reader.id}' and not deleted`;
  const server = fork(path.join(import.meta.dirname, 'raw-server.ts'), [database.url, rows]);
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.once('message', (told: { port: number }) => resolve(told.port));
      server.once('exit', () => reject(new Error('the raw server did not start')));
    });
    const read = await runClient('snapshot', { url: `http://127.0.0.1:${port}/`, encoding, rounds });
    return throughput(read);
  } finally {
    server.kill();
  }
}

export function throughput(read: { ms: number[]; wire_bytes: number; documents: number }): Throughput {
  const ms = median(read.ms);
  return {
    ms,
    all_ms: read.ms,
    docs_per_second: Math.round((read.documents / ms) * 1000),
    wire_mb: rounded(read.wire_bytes / 1e6, 3),
    documents: read.documents,
  };
}
