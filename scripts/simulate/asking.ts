import { protocolVersion, syncHeaders } from '#contract/protocol.ts';
import type { Device } from './device.ts';
import { insist } from './moves.ts';

export type Ask = (path: string, body: object) => Promise<Response>;

/** Asks the server with the session of a device and past its line, as somebody who has taken it or a judge who looks over its shoulder. */
export async function asking(device: Device, address: string): Promise<Ask> {
  const connection = (await device.connection())!;
  const token = await connection.accessToken();
  // A connection kept from before the server was killed fails once.
  return (path, body) =>
    insist(() =>
      fetch(`${address}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          [syncHeaders.protocol]: String(protocolVersion),
          [syncHeaders.device]: connection.deviceId,
        },
        body: JSON.stringify(body),
      }),
    );
}
