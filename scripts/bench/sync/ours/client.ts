/** A client of the product in a process of its own, as on a computer of its own. Does one task and reports its result. */
import { firstPull } from './first-pull.ts';
import { latency } from './latency.ts';
import { pushQueue } from './push-queue.ts';
import { revocation } from './revocation.ts';
import { readSnapshot } from './snapshot.ts';

const tasks = { 'first-pull': firstPull, latency, 'push-queue': pushQueue, revocation, snapshot: readSnapshot };
export type TaskName = keyof typeof tasks;
export type TaskOf<Name extends TaskName> = Parameters<(typeof tasks)[Name]>[0];
export type ResultOf<Name extends TaskName> = Awaited<ReturnType<(typeof tasks)[Name]>>;

process.once('message', ({ name, task }: { name: TaskName; task: never }) => {
  tasks[name](task).then(
    (result) => process.send!({ result }, () => process.exit(0)),
    (error: unknown) => process.send!({ error: (error as Error).stack }, () => process.exit(1)),
  );
});
