import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';

export type LineMode = 'good' | 'off' | 'bad' | 'dead';
export type LineCounts = { pushes: number; pulls: number; cuts: number; faults: Record<string, number> };

/** The address under which devices know the server; the line leads to one of its processes. */
export const serverAddress = 'http://academy.test';

/**
 * The network of one device. `bad`: requests get lost on the way there or back, come twice, late, in another order or are cut off
 * in the middle; each by the dice. Everything that arrives is kept, to be looked through for what must never have come.
 */
export class Line {
  mode: LineMode = 'good';
  readonly counts: LineCounts = { pushes: 0, pulls: 0, cuts: 0, faults: {} };
  /** Everything the device received, as text. */
  readonly received: string[] = [];
  /** Rows the device itself named in what it sent, as `type|id`. */
  readonly named = new Set<string>();
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
    if (address.includes('/sync/v1/push')) this.counts.pushes += 1;
    else if (address.includes('/sync/v1/')) this.counts.pulls += 1;
    if (typeof init.body === 'string' && address.includes('/sync/v1/push'))
      for (const { type, id } of (JSON.parse(init.body) as { ops: { type: string; id: string }[] }).ops)
        this.named.add(`${type}|${id}`);
    const fate = this.mode === 'bad' ? this.pickFate() : 'arrives';
    if (fate !== 'arrives') this.counts.faults[fate] = (this.counts.faults[fate] ?? 0) + 1;
    const cut = new AbortController();
    this.live.add(cut);
    const signal = init.signal ? AbortSignal.any([init.signal, cut.signal]) : cut.signal;
    const ask = (): Promise<Response> => fetch(address, { ...init, signal });
    if (fate === 'lost') throw new TypeError('fetch failed');
    if (fate === 'late') await pause(20 + this.dice.int(200), undefined, { signal });
    // A stream does not end, so its copy would not either.
    if (fate === 'twice' && !address.includes('/stream')) {
      // The copy runs on by itself, before or after the one that is answered.
      const copy = fetch(address, init.signal ? { ...init, signal: null } : init).then((answer) =>
        this.keep(answer).arrayBuffer(),
      );
      copy.catch(() => undefined);
      if (this.dice.chance(0.5)) await copy.catch(() => undefined);
    }
    const answer = await ask();
    if (fate === 'answer lost') {
      await this.keep(answer).body?.cancel();
      throw new TypeError('fetch failed');
    }
    if (fate === 'overtaken') await pause(this.dice.int(150), undefined, { signal });
    return this.keep(answer, fate === 'cut off' ? this.dice.int(4000) : Infinity);
  };

  private route(): string {
    const alive = this.servers();
    return alive.length > 0 ? alive[this.dice.int(alive.length)]! : 'http://127.0.0.1:9';
  }

  private pickFate(): string {
    return this.dice.chance(0.55)
      ? 'arrives'
      : this.dice.pick(['lost', 'answer lost', 'answer lost', 'late', 'twice', 'cut off', 'cut off', 'overtaken']);
  }

  /** The answer as the device gets it: at most so many bytes, then the connection breaks. */
  private keep(answer: Response, atMost = Infinity): Response {
    if (!answer.body) return answer;
    const decoder = new TextDecoder();
    const index = this.received.push('') - 1;
    let left = atMost;
    const passed = answer.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          const part = chunk.subarray(0, left);
          left -= part.length;
          this.received[index] += decoder.decode(part, { stream: true });
          controller.enqueue(part);
          if (left <= 0) controller.error(new TypeError('terminated'));
        },
      }),
    );
    const { status, statusText, headers } = answer;
    return new Response(passed, { status, statusText, headers });
  }
}
