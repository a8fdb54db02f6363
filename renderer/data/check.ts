import { checkBuckets, checkResponseSchema, type CheckRequest } from '#contract/protocol.ts';
import { docKey, type Family } from '#contract/tables/index.ts';
import { NetworkError } from '../platform/errors.ts';
import { breathe, chunkSize } from './apply.ts';
import type { Core } from './core.ts';
import type { Heard } from './receiving.ts';
import { openFamilies, pickAll } from './replica-database.ts';

type Token = { key: string; type: string; id: string; v: string };

const bytesOf = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

/** The bucket of a row: the first byte of SHA-256(`type|id`) modulo the number of buckets. */
export const bucketOf = async (key: string): Promise<number> => ((await bytesOf(key))[0] ?? 0) % checkBuckets;

/** XOR of the first 64 bits of SHA-256(`type|id|v`) per bucket, as 16 hex digits (protocol.ts). */
export async function bucketSums(tokens: readonly Token[]): Promise<string[]> {
  const sums = Array.from({ length: checkBuckets }, () => 0n);
  for (let from = 0; from < tokens.length; from += chunkSize) {
    await Promise.all(
      tokens.slice(from, from + chunkSize).map(async ({ key, v }) => {
        const [bucket, hash] = await Promise.all([bucketOf(key), bytesOf(`${key}|${v}`)]);
        sums[bucket] = (sums[bucket] ?? 0n) ^ new DataView(hash.buffer).getBigUint64(0);
      }),
    );
    await breathe();
  }
  return sums.map((sum) => sum.toString(16).padStart(16, '0'));
}

/** What this device holds of a family by the server's count: rows with unsent writes stand with their master's token. */
async function tokensOf(core: Core, family: Family): Promise<Token[]> {
  const tokens = await pickAll(core.database, family, ({ key, type, id, v }): Token => ({ key, type, id, v }));
  return tokens.flatMap((token) => {
    if (!core.outbox.has(token.key)) return [token];
    const master = core.outbox.master(token.key);
    return master ? [{ ...token, v: master.v }] : [];
  });
}

/**
 * Compares the replica with what the server says this person should hold, and repairs what differs (sync.md 3.6). Runs daily
 * and after a failed write. Resolves to the number of rows put right; every one of them is a fault somewhere. Rejects with the
 * reason of `signal` where the replica is being closed.
 */
export async function checkReplica(
  core: Core,
  ask: (request: CheckRequest) => Promise<unknown>,
  signal: AbortSignal,
): Promise<number> {
  // What comes from here on is newer than the answer, whichever way it comes.
  const heard = core.listen();
  try {
    return await repair(core, ask, signal, heard);
  } finally {
    heard.stop();
  }
}

async function repair(
  core: Core,
  ask: (request: CheckRequest) => Promise<unknown>,
  signal: AbortSignal,
  heard: Heard,
): Promise<number> {
  const held = new Map<Family, Token[]>();
  const request: CheckRequest = { families: {} };
  for (const family of openFamilies) {
    signal.throwIfAborted();
    const tokens = await tokensOf(core, family);
    held.set(family, tokens);
    request.families[family] = await bucketSums(tokens);
  }
  const answer = checkResponseSchema.safeParse(await ask(request));
  if (!answer.success) throw new NetworkError('an answer to a check that is not one', { answered: true });
  let repaired = 0;
  for (const { family, bucket, docs } of answer.data.repairs) {
    signal.throwIfAborted();
    const keys = new Set(docs.map((doc) => docKey(doc.type, doc.id)));
    const extra: Token[] = [];
    for (const token of held.get(family) ?? [])
      if (!keys.has(token.key) && (await bucketOf(token.key)) === bucket) extra.push(token);
    const gone = extra.map(({ type, id, v }) => ({ type, id, v, _deleted: true as const }));
    repaired += await core.receive([...docs, ...gone], heard);
  }
  return repaired;
}
