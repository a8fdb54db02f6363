import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '#contract/protocol.ts';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import { tearLines } from './torn-lines.ts';

export type LineMode = 'good' | 'off' | 'bad' | 'dead';
export type LineCounts = { pushes: number; pulls: number; cuts: number; faults: Record<string, number> };

/** The address under which devices know the server; the line leads to one of its processes. */
export const serverAddress = 'http://academy.test';

/** What one request got, as far as it arrived. */
export type Answer = { path: string; status: number; text: string };

/**
 * The network of one device. `bad`: requests get lost on the way there or back, come twice, late, in another order or are cut off
 * in the middle, lines of a stream get lost, come twice or are torn; each by the dice. Everything that arrives is kept, to be
 * looked through for what must never have come.
 */
export class Line {
  mode: LineMode = 'good';
  readonly counts: LineCounts = { pushes: 0, pulls: 0, cuts: 0, faults: {} };
  /** Everything the device received. */
  readonly received: Answer[] = [];
  /** Operations the device sent, each as often as it left. */
  readonly sent: Operation[] = [];
  private readonly live = new Set<AbortController>();
  private readonly dice: Dice;
  /** Addresses of the server processes that run now. */
  private readonly servers: () => readonly string[];

  constructor(dice: Dice, servers: () => readonly string[]) {
    this.dice = dice;
    this.servers = servers;
  }

  /** Breaks off whatever is under way. */
  cut(): void {
    if (this.live.size > 0) this.counts.cuts += 1;
    for (const one of this.live) one.abort(new TypeError('network changed'));
    this.live.clear();
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    // A program that is dying must not go on holding what others of this process wait for (the lock around a refresh).
    if (this.mode === 'off' || this.mode === 'dead') throw new TypeError('fetch failed');
    const address = (input instanceof Request ? input.url : String(input)).replace(serverAddress, this.route());
    this.note(address, init.body);
    const fate = this.mode === 'bad' ? this.pickFate() : 'arrives';
    if (fate !== 'arrives') this.tally(fate);
    const cut = new AbortController();
    this.live.add(cut);
    const signal = init.signal ? AbortSignal.any([init.signal, cut.signal]) : cut.signal;
    if (fate === 'lost') throw new TypeError('fetch failed');
    if (fate === 'turned away') return this.keep(address, turnedAway());
    if (fate === 'bad gateway') return this.keep(address, badGateway());
    if (fate === 'late') await pause(20 + this.dice.int(200), undefined, { signal });
    // A stream does not end, so its copy would not either; a second half of a file would be another file.
    const mayRepeat = !address.includes('/stream') && init.method !== 'PATCH';
    if (fate === 'twice' && mayRepeat) {
      const copy = this.copy(address, init);
      if (this.dice.chance(0.5)) await copy;
    }
    if (fate === 'again later' && mayRepeat)
      void pause(30 + this.dice.int(400)).then(() => (this.mode === 'dead' ? undefined : this.copy(address, init)));
    const answer = await fetch(address, { ...init, signal });
    if (fate === 'answer lost') {
      await this.keep(address, answer).body?.cancel();
      throw new TypeError('fetch failed');
    }
    if (fate === 'overtaken') await pause(this.dice.int(150), undefined, { signal });
    const ends = fate === 'cut off' ? 'breaks' : fate === 'cut short' ? 'ends' : null;
    return this.keep(address, answer, ends ? { after: this.dice.int(4000), ends } : null);
  };

  /** The same request once more; it runs on by itself, before or after the one that is answered. */
  private async copy(address: string, init: RequestInit): Promise<void> {
    try {
      await this.keep(address, await fetch(address, { ...init, signal: null })).arrayBuffer();
    } catch {
      // Nobody waits for its answer.
    }
  }

  private note(address: string, body: unknown): void {
    if (address.includes('/sync/v1/push')) this.counts.pushes += 1;
    else if (address.includes('/sync/v1/')) this.counts.pulls += 1;
    if (typeof body === 'string' && address.includes('/sync/v1/push'))
      this.sent.push(...(JSON.parse(body) as { ops: Operation[] }).ops);
  }

  private tally(fault: string): void {
    this.counts.faults[fault] = (this.counts.faults[fault] ?? 0) + 1;
  }

  private route(): string {
    const alive = this.servers();
    return alive.length > 0 ? alive[this.dice.int(alive.length)]! : 'http://127.0.0.1:9';
  }

  private pickFate(): string {
    return this.dice.chance(0.5) ? 'arrives' : this.dice.pick(fates);
  }

  /** The answer as the device gets it: perhaps only so many bytes of it, perhaps with torn lines. */
  private keep(
    address: string,
    answer: Response,
    limit: { after: number; ends: 'breaks' | 'ends' } | null = null,
  ): Response {
    const kept: Answer = { path: new URL(address).pathname, status: answer.status, text: '' };
    this.received.push(kept);
    const { status, statusText, headers } = answer;
    if (!answer.body) return new Response(null, { status, statusText, headers });
    const decoder = new TextDecoder();
    let left = limit?.after ?? Infinity;
    const passed = answer.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          const part = chunk.subarray(0, left);
          left -= part.length;
          kept.text += decoder.decode(part, { stream: true });
          controller.enqueue(part);
          if (left > 0) return;
          if (limit?.ends === 'ends') controller.terminate();
          else controller.error(new TypeError('terminated'));
        },
      }),
    );
    const torn = kept.path.endsWith('/stream') && answer.ok ? passed.pipeThrough(this.tear()) : passed;
    return new Response(torn, { status, statusText, headers });
  }

  private tear(): TransformStream<Uint8Array, Uint8Array> {
    return tearLines(
      this.dice,
      () => this.mode === 'bad',
      (fault) => this.tally(fault),
    );
  }
}

const fates = [
  'lost',
  'answer lost',
  'answer lost',
  'answer lost',
  'late',
  'twice',
  'again later',
  'cut off',
  'cut off',
  'cut short',
  'overtaken',
  'turned away',
  'bad gateway',
] as const;

/** The server has too much to do. */
const turnedAway = (): Response =>
  new Response(
    JSON.stringify({ success: false, error: 'Too many requests.', code: 'RATE_LIMIT_EXCEEDED', requestId: 'x' }),
    {
      status: 429,
      headers: { 'content-type': 'application/json; charset=utf-8', 'retry-after': '1' },
    },
  );

/** Something in between that knows nothing of what was asked. */
const badGateway = (): Response =>
  new Response('<html><h1>502 Bad Gateway</h1></html>', { status: 502, headers: { 'content-type': 'text/html' } });
