import { frameSchema, type Frame, type WireDoc } from '#contract/protocol.ts';
import { NetworkError } from '../platform/errors.ts';
import { isWireDoc } from './documents.ts';

/** The answer ended in the middle, or frames were lost: reconnect with the stored checkpoint. */
export class BrokenStreamError extends NetworkError {
  constructor(why: string, cause?: unknown) {
    super(why, { answered: true, cause });
    this.name = 'BrokenStreamError';
  }
}

/** A frame this app can use; documents of families it does not know come as `unknown`. */
export type KnownFrame =
  | Exclude<Frame, { t: 'docs' }>
  | { t: 'docs'; d: WireDoc[]; n?: number }
  | { t: 'unknown'; n?: number };

/**
 * The frames of a pull or stream. Ends when the answer ends; throws when it ends inside a line, when nothing comes for
 * `silenceMs` while we listen, or when a line is not a frame. Reading waits for its reader, so a slow device slows the server.
 */
export async function* readFrames(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
  onBytes: (count: number) => void = () => undefined,
): AsyncGenerator<KnownFrame> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  // A line comes in many parts. They are joined once, at its end: joining them as they come would copy it again and again.
  let parts: string[] = [];
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), silenceMs);
      if (done) break;
      onBytes(value.byteLength);
      const [rest = '', ...starts] = decoder.decode(value, { stream: true }).split('\n');
      parts.push(rest);
      for (const start of starts) {
        const line = parts.join('');
        parts = [start];
        if (line !== '') yield parseFrame(line);
      }
    }
  } catch (cause) {
    throw cause instanceof NetworkError ? cause : new BrokenStreamError('the connection broke', cause);
  } finally {
    // Frees the socket; what the server says to that no longer matters.
    void reader.cancel().catch(() => undefined);
  }
  if (parts.some((part) => part !== '')) throw new BrokenStreamError('the answer ended inside a line');
}

async function withinSilence<T>(read: Promise<T>, silenceMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BrokenStreamError('the server fell silent')), silenceMs);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Exported for the fuzz test: any text gives a frame or a `BrokenStreamError`. */
export function parseFrame(line: string): KnownFrame {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new BrokenStreamError('a line that is not JSON', cause);
  }
  const { t, n } = (typeof value === 'object' && value !== null ? value : {}) as { t?: unknown; n?: unknown };
  if (typeof t !== 'string') throw new BrokenStreamError('a line that is not a frame');
  const at = typeof n === 'number' ? { n } : {};
  if (t === 'docs') return { t, d: parseDocs((value as { d?: unknown }).d), ...at };
  const parsed = frameSchema.safeParse(value);
  if (parsed.success) return parsed.data as KnownFrame;
  if (knownKinds.has(t)) throw new BrokenStreamError(`a spoiled ${t} frame`, parsed.error);
  // A newer server may say more than this app understands.
  return { t: 'unknown', ...at };
}

const knownKinds = new Set<string>(frameSchema.options.map((option) => option.shape.t.value));

function parseDocs(docs: unknown): WireDoc[] {
  if (!Array.isArray(docs)) throw new BrokenStreamError('documents that are not a list');
  for (const doc of docs) if (!isWireDoc(doc)) throw new BrokenStreamError('a document without type, id and token');
  return docs as WireDoc[];
}
