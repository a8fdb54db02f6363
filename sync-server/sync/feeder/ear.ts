import type { Deps } from '../../deps.ts';
import type { PoolClient } from '../../db/sql.ts';
import { channel, readNotice, type Notice } from './notices.ts';
import { createOutage } from './outage.ts';

/** The connection by which this process hears notices. */
export type Ear = {
  /** Opens it where it is not open; tried again by whoever calls. */
  open(): void;
  /** Notices do not arrive. */
  isDeaf(): boolean;
  close(): void;
};

/** `onHearing`: from now on notices arrive; what was told before was not heard. */
export function createEar(
  { server, log }: Pick<Deps, 'server' | 'log'>,
  onNotice: (notice: Notice) => void,
  onHearing: () => void,
): Ear {
  const outage = createOutage(log, 'listening for changes');
  let client: PoolClient | null = null;
  let isWanted = false;

  async function listen(): Promise<void> {
    const taken = await server.connect();
    if (!isWanted || client) return taken.release();
    client = taken;
    taken.on('notification', ({ payload }) => onNotice(readNotice(payload)));
    taken.once('error', () => {
      // One that was given up may still break as it closes; it is not given back twice.
      if (client !== taken) return;
      client = null;
      taken.release(true);
    });
    await taken.query(`listen ${channel}`);
    outage.isOver();
    onHearing();
  }

  return {
    open() {
      isWanted = true;
      if (!client) listen().catch(outage.goesOn);
    },
    isDeaf: () => client === null,
    close() {
      isWanted = false;
      const given = client;
      client = null;
      given?.removeAllListeners('notification');
      // Not to the others of the pool: it listens.
      given?.release(true);
    },
  };
}
