import type { SyncDefinition } from '../define-sync.ts';
import { deviceTime } from './device-time.ts';
import { gather, type Plain } from './gather-plain.ts';
import type { Judging, Push } from './judge-group.ts';
import type { Seen } from './seen.ts';
import type { Judged, StoredVerdict } from './verdicts.ts';
import { writeTogether } from './write-together.ts';

/** Where many together were not plainly welcome, parts of this size are tried before each is judged alone. */
const partSize = 100;

/**
 * Judges what can be judged in any order: new rows and changes of tables from which nothing follows (`plainInserts`,
 * `plainChanges`), each row named once in this push. One statement a table and set of columns, under the same grants and policies as
 * alone. Answers the verdicts by place; everything else, and whatever was not plainly welcome, is left for its turn.
 */
export async function judgePlain(
  work: Push,
  seen: Seen,
  stored: Map<string, StoredVerdict>,
): Promise<Map<number, Judging>> {
  const judgings = new Map<number, Judging>();
  for (const plain of gather(work, seen, stored)) {
    const definition = work.definitions.get(plain[0]!.received.op.type)!;
    const welcome = (await writeTogether(work, definition, plain)) ? plain : await writeParts(work, definition, plain);
    for (const { at, received, columns } of welcome) {
      const { op, sha256 } = received;
      const judged: Judged = {
        op,
        sha256,
        judgement: { s: 'ok' },
        columns,
        clientAt: deviceTime(op.client_at, work.now),
      };
      seen.forget(op.type, op.id);
      stored.set(op.op, { sha256, judgement: judged.judgement });
      judgings.set(at, { judgement: judged.judgement, judged });
    }
  }
  return judgings;
}

async function writeParts(work: Push, definition: SyncDefinition, all: readonly Plain[]): Promise<Plain[]> {
  const welcome: Plain[] = [];
  if (all.length <= partSize) return welcome;
  for (let from = 0; from < all.length; from += partSize) {
    const part = all.slice(from, from + partSize);
    if (await writeTogether(work, definition, part)) welcome.push(...part);
  }
  return welcome;
}
