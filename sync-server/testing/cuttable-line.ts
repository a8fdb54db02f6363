import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A line to a server that can be cut: then every request breaks off without an answer. */
export type CuttableLine = { url: string; cut(): void; mend(): void; close(): Promise<void> };

export async function openLine(target: string): Promise<CuttableLine> {
  let isCut = false;
  const server = createServer((incoming, answer) => {
    if (isCut) return void incoming.socket.destroy();
    const { method = 'GET', headers, url = '/' } = incoming;
    const onward = request(new URL(url, target), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.once('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => void (isCut = true),
    mend: () => void (isCut = false),
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
