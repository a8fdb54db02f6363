import {
  checkBuckets,
  type CheckRequest,
  type Frame,
  type Operation,
  type OperationVerdict,
  type PushRequest,
  type WireDoc,
} from '#contract/protocol.ts';
import { docKey, families, findTable, type Family } from '#contract/tables/index.ts';
import { bucketOf, bucketSums } from '../data/check.ts';

/** Columns of a row as a test names them; the rest is the table's business. */
export type SeedRow = { type: string; id: string; v?: string } & Record<string, unknown>;

type Change = { seq: number; doc: WireDoc };
type OpenStream = { from: number; next: number; controller: ReadableStreamDefaultController<Uint8Array> };

/**
 * A sync server in memory that speaks protocol.ts through `fetch`, and can fail in the ways the real one, the network and a
 * school's proxy do. It has no rules of its own: `judge` decides, else every write is taken.
 */
export type FakeServer = {
  fetch: typeof fetch;
  /** False = no answer at all. */
  online: boolean;
  /** Answers in place of the server; undefined = let the server answer. */
  intercept: ((path: string, init: RequestInit) => Response | undefined | Promise<Response | undefined>) | null;
  /** Decides about one write; undefined = take it. */
  judge: ((op: Operation, row: WireDoc | undefined) => OperationVerdict | undefined) | null;
  /** True = the push was carried out, but its answer is lost. */
  loseAnswer: (() => boolean) | null;
  /** May change the frames of a stream or pull before they leave, or drop one by answering null. */
  tamper: ((frame: Frame, kind: 'pull' | 'stream') => Frame | string | null) | null;
  /** Documents per `docs` frame. */
  page: number;
  serverTime: () => Date;
  leaseUntil: string | null;
  rows: Map<string, WireDoc>;
  pushes: Operation[][];
  /** Holds pushes up before they are judged. */
  delayPush: ((request: PushRequest) => Promise<void> | undefined) | null;
  /** Every operation the server took, in order; the same one twice is taken once. */
  taken: Operation[];
  checks: number;
  pulls: { checkpoint: string | null; kind: 'pull' | 'stream' }[];
  put(row: SeedRow): void;
  remove(type: string, id: string): void;
  /** Ends all open streams without a word. */
  cut(): void;
  bye(reason: Extract<Frame, { t: 'bye' }>['reason'], retryIn?: number): void;
  /** Another history: every known checkpoint is answered with a reset. */
  newEpoch(): void;
  openStreams(): number;
};

export function createFakeServer(seed: readonly SeedRow[] = []): FakeServer {
  let epoch = 1;
  let seq = 0;
  let log: Change[] = [];
  const streams = new Set<OpenStream>();
  const verdicts = new Map<string, OperationVerdict>();
  const encoder = new TextEncoder();

  const server: FakeServer = {
    fetch: (input, init) => answer(String(input), init ?? {}),
    online: true,
    intercept: null,
    judge: null,
    loseAnswer: null,
    delayPush: null,
    tamper: null,
    page: 200,
    serverTime: () => new Date(),
    leaseUntil: null,
    rows: new Map(),
    pushes: [],
    taken: [],
    checks: 0,
    pulls: [],
    put: (row) => change({ ...row, v: row.v ?? crypto.randomUUID() }),
    remove: (type, id) => change({ type, id, v: crypto.randomUUID(), _deleted: true }),
    cut: () => streams.forEach((stream) => end(stream, new TypeError('network changed'))),
    bye(reason, retryIn) {
      for (const stream of streams) {
        send(stream, { t: 'bye', reason, retry_in: retryIn });
        end(stream);
      }
    },
    newEpoch: () => void (epoch += 1),
    openStreams: () => streams.size,
  };
  seed.forEach(server.put);
  return server;

  function change(doc: WireDoc): void {
    const key = docKey(doc.type, doc.id);
    if (doc._deleted) server.rows.delete(key);
    else server.rows.set(key, doc);
    seq += 1;
    log = log.filter((known) => docKey(known.doc.type, known.doc.id) !== key);
    log.push({ seq, doc });
    for (const stream of streams) flow(stream);
  }

  async function answer(url: string, init: RequestInit): Promise<Response> {
    const path = new URL(url).pathname;
    init.signal?.throwIfAborted();
    if (!server.online) throw new TypeError('Failed to fetch');
    const instead = await server.intercept?.(path, init);
    if (instead) return instead;
    const body = JSON.parse(String(init.body)) as never;
    if (path === '/sync/v1/pull') return frames(body, 'pull', init.signal ?? null);
    if (path === '/sync/v1/stream') return frames(body, 'stream', init.signal ?? null);
    if (path === '/sync/v1/push') return push(body);
    if (path === '/sync/v1/check') return check(body);
    return Response.json({ success: false, code: 'NOT_FOUND', error: path }, { status: 404 });
  }

  function frames(
    { checkpoint }: { checkpoint: string | null },
    kind: 'pull' | 'stream',
    signal: AbortSignal | null,
  ): Response {
    server.pulls.push({ checkpoint, kind });
    const [knownEpoch, from] = (checkpoint ?? '').split(':').map(Number);
    const usable = checkpoint !== null && knownEpoch === epoch;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const stream: OpenStream = { from: usable ? (from ?? 0) : 0, next: 0, controller };
        const docs = usable
          ? log.filter((known) => known.seq > stream.from).map(({ doc }) => doc)
          : [...server.rows.values()];
        send(
          stream,
          {
            t: 'hello',
            protocol: 1,
            epoch: String(epoch),
            server_time: now(),
            count: docs.length,
            lease_until: server.leaseUntil,
          },
          kind,
        );
        if (checkpoint !== null && !usable) send(stream, { t: 'reset' }, kind);
        sendDocs(stream, docs, kind);
        if (kind === 'pull') send(stream, { t: 'ready' }, kind);
        send(stream, { t: 'cp', cp: `${epoch}:${seq}`, server_time: now() }, kind);
        stream.from = seq;
        if (kind === 'pull') return controller.close();
        streams.add(stream);
        signal?.addEventListener('abort', () => end(stream, signal.reason));
      },
    });
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
  }

  function sendDocs(stream: OpenStream, docs: readonly WireDoc[], kind: 'pull' | 'stream'): void {
    for (const family of families) {
      const own = docs.filter((doc) => findTable(doc.type)?.family === family);
      for (let from = 0; from < own.length; from += server.page) {
        send(stream, { t: 'docs', f: family, d: own.slice(from, from + server.page) }, kind);
      }
    }
  }

  /** Sends an open stream what changed since its last checkpoint. */
  function flow(stream: OpenStream): void {
    const news = log.filter((known) => known.seq > stream.from).map(({ doc }) => doc);
    if (news.length === 0) return;
    sendDocs(stream, news, 'stream');
    send(stream, { t: 'cp', cp: `${epoch}:${seq}`, server_time: now() });
    stream.from = seq;
  }

  function send(stream: OpenStream, frame: Frame, kind: 'pull' | 'stream' = 'stream'): void {
    const numbered = kind === 'stream' ? { ...frame, n: stream.next++ } : frame;
    const out = server.tamper ? server.tamper(numbered, kind) : numbered;
    if (out === null) return;
    try {
      stream.controller.enqueue(encoder.encode(typeof out === 'string' ? out : `${JSON.stringify(out)}\n`));
    } catch {
      // The reader went away; the stream is over.
      streams.delete(stream);
    }
  }

  function end(stream: OpenStream, error?: unknown): void {
    streams.delete(stream);
    try {
      if (error) stream.controller.error(error);
      else stream.controller.close();
    } catch {
      // Ended by its reader already.
    }
  }

  async function push(request: PushRequest): Promise<Response> {
    const { ops, after } = request;
    server.pushes.push(ops);
    await server.delayPush?.(request);
    if (after && !verdicts.has(after)) return Response.json({ verdicts: [], server_time: now() });
    const answers = ops.map((op) => {
      const before = verdicts.get(op.op);
      if (before) return before;
      const verdict = carryOut(op);
      if (verdict.s !== 'wait') verdicts.set(op.op, verdict);
      return verdict;
    });
    if (server.loseAnswer?.()) throw new TypeError('socket hang up');
    return Response.json({ verdicts: answers, server_time: now() });
  }

  function carryOut(op: Operation): OperationVerdict {
    const row = server.rows.get(docKey(op.type, op.id));
    const verdict = server.judge?.(op, row);
    if (verdict) return verdict;
    server.taken.push(op);
    if (op.deleted) change({ type: op.type, id: op.id, v: op.op, _deleted: true });
    else change({ ...row, ...op.set, type: op.type, id: op.id, v: op.op });
    const doc = server.rows.get(docKey(op.type, op.id)) ?? { type: op.type, id: op.id, v: op.op, _deleted: true };
    return { op: op.op, s: 'ok', doc };
  }

  async function check({ families: sums }: CheckRequest): Promise<Response> {
    server.checks += 1;
    const repairs = [];
    for (const [family, theirs] of Object.entries(sums) as [Family, string[]][]) {
      const own = [...server.rows.values()]
        .filter((doc) => findTable(doc.type)?.family === family)
        .map((doc) => ({ ...doc, key: docKey(doc.type, doc.id) }));
      const right = await bucketSums(own);
      for (let bucket = 0; bucket < checkBuckets; bucket += 1) {
        if (right[bucket] === theirs[bucket]) continue;
        const docs = [];
        for (const { key, ...doc } of own) if ((await bucketOf(key)) === bucket) docs.push(doc);
        repairs.push({ family, bucket, docs });
      }
    }
    return Response.json({ repairs });
  }

  function now(): string {
    return server.serverTime().toISOString();
  }
}

/** What a school's proxy or a captive portal says to anything. */
export const proxyPage = (status: number): Response =>
  new Response('<html><body>Please sign in to the network</body></html>', {
    status,
    headers: { 'content-type': 'text/html' },
  });
