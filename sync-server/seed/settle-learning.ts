import { asServer } from '../db/as-actor.ts';
import type { Pool } from '../db/sql.ts';
import { recomputeUnlocks } from '../features/learning/index.ts';

/** Decides every seeded student's lessons by the product's own rules, several students at a time, without announcing it. */
export async function settleLearning(
  server: Pool,
  serverKey: string,
  studentIds: readonly string[],
  now: Date,
): Promise<void> {
  const waiting = [...studentIds];
  const work = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const student = id;
      await asServer(server, (tx) =>
        recomputeUnlocks(tx, { serverKey, clock: { now: () => now } }, student, { announce: false }),
      );
    }
  };
  await Promise.all([work(), work()]);
}
