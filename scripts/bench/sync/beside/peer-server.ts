import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export type PeerServer = {
  port: number;
  /** The process whose tree is its server. */
  pid: number;
  /** How many documents it holds. */
  count(): Promise<number>;
  stop(): Promise<void>;
};

export type PeerServerOptions = {
  /** Documents, one a line, and how many of them the server begins with. */
  file: string;
  count: number;
  /** For its files; removed by whoever gave it. */
  directory: string;
  /** A PostgreSQL of its own; only Zero needs one. */
  databaseUrl?: string;
};

export async function startPeerServer(folder: string, options: PeerServerOptions): Promise<PeerServer> {
  const child = fork(path.join(folder, 'server.mjs'), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr!.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2000)));
  const ended = once(child, 'exit').then((): never => {
    throw new Error(`${path.basename(folder)}'s server ended: ${words}`);
  });
  // Noticed by whoever waits for it.
  ended.catch(() => undefined);
  const next = async <T>(): Promise<T> => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [T];
    return message;
  };
  const { port, pid } = await next<{ port: number; pid: number }>();
  return {
    port,
    pid,
    async count() {
      child.send('count');
      return (await next<{ count: number }>()).count;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(timer);
    },
  };
}
