import { rounded } from '../statistics.ts';
import { forgetPeak, peakMemory } from '../process-memory.ts';
import { settled, signInDevice } from './device.ts';

export type FirstPullTask = {
  serverUrl: string;
  /** The process behind it. */
  serverPid: number;
  email: string;
  password: string;
  notes: number;
  rounds: number;
};
export type FirstPull = {
  /** From the leaving of the request until every note was announced by the replica's store, one entry a round. */
  ms: number[];
  /** From the same moment until the checkpoint is stored and the stream is open. */
  settled_ms: number[];
  /** What opening the empty replica took before. */
  opened_ms: number[];
  /** The server's peak while the person signed in, whose password hash alone takes 64 MiB for a moment; MiB. */
  sign_in_memory_mib: number | null;
  /** Its peak from then on. */
  memory_mib: number | null;
};

/** First pulls of a new device, one after the other, each into an empty replica. */
export async function firstPull({
  serverUrl,
  serverPid,
  email,
  password,
  notes,
  rounds,
}: FirstPullTask): Promise<FirstPull> {
  const device = await signInDevice(serverUrl, email, password);
  const sign_in_memory_mib = peakMemory(serverPid);
  forgetPeak(serverPid);
  const taken: FirstPull = { ms: [], settled_ms: [], opened_ms: [], sign_in_memory_mib, memory_mib: null };
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
  taken.memory_mib = peakMemory(serverPid);
  return taken;
}
