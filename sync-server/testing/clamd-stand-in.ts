import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A clamd that finds one sort of virus. */
export type ClamdStandIn = {
  address: string;
  /** What it was shown, whole. */
  seen: Buffer[];
  /** `away`: takes connections and says nothing. */
  mood: 'well' | 'away' | 'limited';
  close(): Promise<void>;
};

/** Files that hold these letters are infected. */
export const virus = 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE';

/** Speaks INSTREAM as clamd does: pieces with their length in front, an empty one at the end, one line back. */
export async function startClamdStandIn(): Promise<ClamdStandIn> {
  const standIn: ClamdStandIn = { address: '', seen: [], mood: 'well', close: async () => undefined };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let held = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      const bytes = readStream(held);
      if (!bytes) return;
      standIn.seen.push(bytes);
      if (standIn.mood === 'away') return void socket.destroy();
      if (standIn.mood === 'limited') return void socket.end('INSTREAM size limit exceeded. ERROR\0');
      socket.end(bytes.includes(virus) ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  standIn.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  standIn.close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return standIn;
}

/** The bytes of a whole INSTREAM, null while more is to come. */
function readStream(held: Buffer): Buffer | null {
  const command = 'zINSTREAM\0';
  if (held.subarray(0, command.length).toString() !== command) return null;
  const pieces: Buffer[] = [];
  for (let at = command.length; at + 4 <= held.length;) {
    const length = held.readUInt32BE(at);
    if (length === 0) return Buffer.concat(pieces);
    pieces.push(held.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}
