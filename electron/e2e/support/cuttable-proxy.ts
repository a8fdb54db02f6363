import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/**
 * The line between one device and the server: a TCP relay that a test cuts and restores. Cutting resets every open connection
 * and refuses new ones, as a dead network does; it also covers requests of the desktop's main process.
 */
export class CuttableProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: { host: string; port: number };
  #isCut = false;
  #bytesPerSecond: number | null = null;
  #carried = 0;
  readonly #waiting: { until: number; resolve: () => void }[] = [];

  private constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#target = { host: hostname, port: Number(port) };
    this.#server = createServer((client) => this.#relay(client));
  }

  static async start(target: string): Promise<CuttableProxy> {
    const proxy = new CuttableProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  restore(): void {
    this.#isCut = false;
  }

  /** Lets at most so many bytes a second through, in each direction of each connection; null = as fast as it goes. */
  throttle(bytesPerSecond: number | null): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Settles when so many more bytes have passed. */
  carried(bytes: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ until: this.#carried + bytes, resolve }));
  }

  /** Sends later connections to another server, as after a restart on a new port. */
  retarget(target: string): void {
    const { hostname, port } = new URL(target);
    this.#target = { host: hostname, port: Number(port) };
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(client: Socket): void {
    if (this.#isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.#target);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      // A reset is what a cut line looks like; the close event follows and does the rest.
      socket.on('error', () => socket.destroy());
      socket.pipe(this.#meter()).pipe(other);
    }
  }

  /** Counts what passes and slows it down where asked. */
  #meter(): Transform {
    return new Transform({
      highWaterMark: 4096,
      transform: (chunk: Buffer, _encoding, done) => {
        this.#carried += chunk.length;
        for (const waiter of this.#waiting.filter(({ until }) => until <= this.#carried)) {
          this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
          waiter.resolve();
        }
        if (this.#bytesPerSecond === null) done(null, chunk);
        else setTimeout(() => done(null, chunk), (chunk.length / this.#bytesPerSecond) * 1000);
      },
    });
  }
}
