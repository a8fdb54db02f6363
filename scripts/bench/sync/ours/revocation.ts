import pg from 'pg';
import { countArrivals } from '../arrivals.ts';
import { rounded } from '../statistics.ts';
import { settled, signInDevice, type OpenDevice } from './device.ts';

export type RevocationTask = {
  serverUrl: string;
  /** Owner login, for giving the mentor the course and taking it away. */
  databaseUrl: string;
  mentor: { id: string; email: string };
  password: string;
  documents: number;
  rounds: number;
};
/** One entry a round: from the statement's leaving until the device's store has announced every document. */
export type Revocation = { revoked_ms: number[]; granted_ms: number[]; document_bytes: number };

const table = { name: 'submissions', family: 'submissions' } as const;

/**
 * A mentor's device is online, its mentor loses the course and gets it back. Nothing of what the documents said may be left on
 * the device when the last one is announced as gone.
 */
export async function revocation(task: RevocationTask): Promise<Revocation> {
  const database = new pg.Client({ connectionString: task.databaseUrl });
  await database.connect();
  const device = await signInDevice(task.serverUrl, task.mentor.email, task.password, table);
  const open = await device.open();
  await settled(open.replica);
  const cover = (covered: boolean) =>
    database.query('update mentor_course_assignments set is_deleted = $2 where mentor_id = $1', [
      task.mentor.id,
      !covered,
    ]);
  const result: Revocation = { revoked_ms: [], granted_ms: [], document_bytes: 0 };
  for (let round = 0; round < task.rounds; round += 1) {
    const held = await stored(open);
    if (held.length !== task.documents) throw new Error(`the mentor holds ${held.length} of ${task.documents}`);
    // The search for what is left would find it.
    if (!held.every((text) => text.includes('"content":"'))) throw new Error('documents without content');
    result.document_bytes = Math.round(held.reduce((sum, text) => sum + text.length, 0) / held.length);
    result.revoked_ms.push(await timed(open, task.documents, () => cover(false)));
    const left = await stored(open);
    if (left.some((text) => text.includes('"content"'))) throw new Error('the content of a revoked document is left');
    result.granted_ms.push(await timed(open, task.documents, () => cover(true)));
    await settled(open.replica);
  }
  await open.replica.close();
  await database.end();
  return result;
}

/** Until so many documents have changed. */
async function timed({ collection }: OpenDevice, documents: number, change: () => Promise<unknown>): Promise<number> {
  const arrivals = countArrivals(collection.storageInstance, (id) => id.startsWith(`${table.name}|`));
  const from = performance.now();
  const [until] = await Promise.all([arrivals.reached(documents), change()]);
  arrivals.stop();
  return rounded(until - from);
}

/** Everything the store holds of the table, deleted or not, as text. */
async function stored({ collection, arrivals }: OpenDevice): Promise<string[]> {
  const documents = await collection.storageInstance.findDocumentsById([...arrivals.seen], true);
  return documents.map((document) => JSON.stringify(document));
}
