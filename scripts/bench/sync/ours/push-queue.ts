import { noteText } from '../documents.ts';
import { rounded } from '../statistics.ts';
import { settled, signInDevice } from './device.ts';

export type PushTask = {
  serverUrl: string;
  email: string;
  password: string;
  userId: string;
  lessons: string[];
  edits: number;
  /** Part of the answers to pushes that are lost on their way back, after the server has acted. */
  lost: number;
  seed: number;
};
export type Push = {
  /** From the network's return until every edit is confirmed and the queue is empty. */
  ms: number;
  /** What the person's computer took to write them offline. */
  written_ms: number;
  requests: number;
  lost: number;
};

/** New notes written without a network, and the way of the whole queue to the server. */
export async function pushQueue(task: PushTask): Promise<Push> {
  const device = await signInDevice(task.serverUrl, task.email, task.password);
  const { replica } = await device.open();
  await settled(replica);
  device.unplug();
  const writing = performance.now();
  for (let at = 0; at < task.edits; at += 1) {
    await replica.writes.insert('lesson_notes', {
      user_id: task.userId,
      lesson_id: task.lessons[at % task.lessons.length]!,
      ...noteText(at),
    });
  }
  const written = performance.now() - writing;
  const counts = { requests: 0, lost: 0 };
  device.loseAnswers((path) => {
    if (path !== '/sync/v1/push') return false;
    counts.requests += 1;
    const isLost = chance(task.seed * 1000 + counts.requests) < task.lost;
    if (isLost) counts.lost += 1;
    return isLost;
  });
  device.plug();
  const from = performance.now();
  replica.syncNow();
  await emptied(replica.syncState);
  const ms = performance.now() - from;
  const { problems } = replica.syncState.get();
  if (problems > 0) throw new Error(`${problems} edits were refused`);
  await replica.close();
  return { ms: rounded(ms), written_ms: rounded(written), ...counts };
}

function emptied(state: { get(): { waiting: number }; subscribe(listener: () => void): () => void }): Promise<void> {
  return new Promise((resolve) => {
    const stop = state.subscribe(() => look());
    const look = (): void => {
      if (state.get().waiting > 0) return;
      stop();
      resolve();
    };
    look();
  });
}

/** The same dice in every run. */
function chance(seed: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35) >>> 0;
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
