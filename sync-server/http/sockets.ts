import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of one listening server. */
export type Sockets = {
  /** Bytes that came in and went out, heads included, of open and ended connections. */
  bytes(): { in: number; out: number };
  /** Cuts those on which no request is being answered. */
  cutUnused(): void;
};

/**
 * Node counts a connection on which no request ever came as busy (its head is awaited for a minute), and browsers and proxies
 * open some ahead: so what is in use is counted here.
 */
export function watchSockets(server: Server): Sockets {
  /** Requests being answered on each. */
  const open = new Map<Socket, number>();
  const ended = { in: 0, out: 0 };

  server.on('connection', (socket) => {
    open.set(socket, 0);
    socket.once('close', () => {
      open.delete(socket);
      ended.in += socket.bytesRead;
      ended.out += socket.bytesWritten;
    });
  });
  server.on('request', ({ socket }, response) => {
    const add = (count: number): void => {
      const before = open.get(socket);
      if (before !== undefined) open.set(socket, before + count);
    };
    add(1);
    response.once('close', () => add(-1));
  });

  return {
    bytes() {
      const sum = { ...ended };
      for (const { bytesRead, bytesWritten } of open.keys()) {
        sum.in += bytesRead;
        sum.out += bytesWritten;
      }
      return sum;
    },
    cutUnused() {
      for (const [socket, requests] of open) if (requests === 0) socket.destroy();
    },
  };
}
