import type { Frame, OperationVerdict, PushRequest, WireDoc } from '#contract/protocol.ts';
import { docKey } from '#contract/tables/index.ts';
import type { Client } from './api-client.ts';

/** One complete answer of /sync/v1/pull. */
export type Pulled = { frames: Frame[]; docs: WireDoc[]; checkpoint: string; isReset: boolean };

/** Pulls as this device; throws the server's error body. */
export async function pull(client: Client, checkpoint: string | null): Promise<Pulled> {
  const response = await client.call('POST', '/sync/v1/pull', { checkpoint });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const frames = text
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one) as Frame);
  const last = frames.at(-1);
  if (last?.t !== 'cp') throw new Error('the pull broke off');
  return { frames, docs: docsOf(frames), checkpoint: last.cp, isReset: frames.some(({ t }) => t === 'reset') };
}

export const docsOf = (frames: readonly Frame[]): WireDoc[] =>
  frames.flatMap((frame) => (frame.t === 'docs' ? frame.d : []));

/** What a device holds, the way it takes documents in: a tombstone removes, the rest replaces. */
export function applyDocs(held: Map<string, WireDoc>, docs: readonly WireDoc[]): Map<string, WireDoc> {
  for (const doc of docs) {
    if (doc._deleted) held.delete(docKey(doc.type, doc.id));
    else held.set(docKey(doc.type, doc.id), doc);
  }
  return held;
}

/** Pushes operations and answers their verdicts in order. */
export async function push(
  client: Client,
  ops: readonly unknown[],
  place: Pick<PushRequest, 'more' | 'after'> = {},
): Promise<OperationVerdict[]> {
  const response = await client.call('POST', '/sync/v1/push', { ops, ...place });
  const body = (await response.json()) as { verdicts: OperationVerdict[] };
  if (!response.ok) throw new Error(JSON.stringify(body));
  return body.verdicts;
}

/** An open stream; frames are kept from the first on. */
export type OpenStream = {
  frames: Frame[];
  /** Resolves when frames up to now satisfy the condition; rejects when the stream ends or time is up. */
  until(condition: (frames: readonly Frame[]) => boolean, withinMs?: number): Promise<void>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  close(): Promise<void>;
};

export async function openStream(client: Client, checkpoint: string | null): Promise<OpenStream> {
  const response = await client.call('POST', '/sync/v1/stream', { checkpoint });
  if (!response.ok || !response.body) throw new Error(await response.text());
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let isOver = false;
  const reader = response.body.getReader();
  const ended = (async () => {
    const decoder = new TextDecoder();
    let tail = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (tail + decoder.decode(value, { stream: true })).split('\n');
      tail = lines.pop() ?? '';
      frames.push(...lines.map((one) => JSON.parse(one) as Frame));
      for (const look of waiting) look();
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      for (const look of waiting) look();
    });
  const until: OpenStream['until'] = (condition, withinMs = 5000) =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        waiting.delete(look);
        act();
      };
      const look = () => {
        if (condition(frames)) settle(resolve);
        else if (isOver) settle(() => reject(new Error(`the stream ended: ${JSON.stringify(frames.slice(-3))}`)));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`not within ${withinMs} ms: ${JSON.stringify(frames.slice(-3))}`))),
        withinMs,
      );
      waiting.add(look);
      look();
    });
  return { frames, until, ended, close: () => reader.cancel() };
}
