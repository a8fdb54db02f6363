import { rounded } from '../statistics.ts';
import { settled, signInDevice } from './device.ts';

export type FirstPullTask = { serverUrl: string; email: string; password: string; notes: number; rounds: number };
export type FirstPull = {
  /** From the leaving of the request until every note was announced by the replica's store, one entry a round. */
  ms: number[];
  /** From the same moment until the checkpoint is stored and the stream is open. */
  settled_ms: number[];
  /** What opening the empty replica took before. */
  opened_ms: number[];
};

/** First pulls of a new device, one after the other, each into an empty replica. */
export async function firstPull({ serverUrl, email, password, notes, rounds }: FirstPullTask): Promise<FirstPull> {
  const device = await signInDevice(serverUrl, email, password);
  const taken: FirstPull = { ms: [], settled_ms: [], opened_ms: [] };
  for (let round = 0; round < rounds; round += 1) {
    const openedAt = performance.now();
    const { replica, arrivals, count, askedAt } = await device.open();
    const arrived = arrivals.reached(notes);
    const asked = await askedAt;
    taken.ms.push(rounded((await arrived) - asked));
    await settled(replica);
    taken.settled_ms.push(rounded(performance.now() - asked));
    taken.opened_ms.push(rounded(asked - openedAt));
    arrivals.stop();
    const held = await count();
    if (held !== notes) throw new Error(`the replica holds ${held} of ${notes} notes`);
    await replica.close();
  }
  return taken;
}
