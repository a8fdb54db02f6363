import { setTimeout as pause } from 'node:timers/promises';
import { noteText } from '../documents.ts';
import { rounded } from '../statistics.ts';
import { settled, signInDevice } from './device.ts';

export type LatencyTask = {
  /** The writer's server process and the reader's. */
  serverUrls: readonly [string, string];
  email: string;
  password: string;
  userId: string;
  lesson: string;
  samples: number;
};
export type Latency = { ms: number[] };

/** Between two samples; the same for every peer. */
const betweenMs = 10;
/** A change that takes longer is lost. */
const lostMs = 10_000;

/** One note at a time: from its writing on device A until the replica of device B announces it. */
export async function latency(task: LatencyTask): Promise<Latency> {
  const signIn = (url: string) => signInDevice(url, task.email, task.password);
  const a = await (await signIn(task.serverUrls[0])).open();
  const b = await (await signIn(task.serverUrls[1])).open();
  await Promise.all([settled(a.replica), settled(b.replica)]);
  const ms: number[] = [];
  for (let at = 0; at < task.samples; at += 1) {
    const arrived = b.arrivals.reached(b.arrivals.seen.size + 1);
    const from = performance.now();
    void a.replica.writes.insert('lesson_notes', { user_id: task.userId, lesson_id: task.lesson, ...noteText(at) });
    const until = await Promise.race([arrived, pause(lostMs, null, { ref: false })]);
    if (until === null) throw new Error(`change ${at} did not arrive within ${lostMs} ms`);
    ms.push(rounded(until - from, 2));
    await pause(betweenMs);
  }
  await Promise.all([a.replica.close(), b.replica.close()]);
  return { ms };
}
