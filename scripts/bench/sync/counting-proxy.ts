import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands before a server and counts what goes through, headers and framing included. */
export type CountingProxy = {
  port: number;
  /** Bytes so far, towards the client and towards the server. */
  bytes: { down: number; up: number };
  close(): void;
};

export async function startCountingProxy(target: number): Promise<CountingProxy> {
  const bytes = { down: 0, up: 0 };
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      const end = (): void => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      };
      // A peer that breaks off is what the measurement is about elsewhere; here it ends the pair.
      socket.on('error', end).on('close', end);
    }
    pass(client, upstream, (count) => (bytes.up += count));
    pass(upstream, client, (count) => (bytes.down += count));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    bytes,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function pass(from: Socket, to: Socket, count: (bytes: number) => void): void {
  from.on('data', (chunk: Buffer) => {
    count(chunk.length);
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
}
