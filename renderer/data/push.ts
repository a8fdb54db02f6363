import type { PushRequest, PushResponse } from '#contract/protocol.ts';
import { NetworkError } from '../platform/errors.ts';
import { breathe } from './apply.ts';
import type { Core } from './core.ts';
import type { OutboxRow } from './device-database.ts';
import { nextBatch, operationOf } from './next-batch.ts';
import type { Problems } from './problems.ts';
import { readVerdicts } from './read-verdicts.ts';
import { settleVerdicts, type Answered } from './settle-verdicts.ts';

/** `more` and `after` as in the protocol. */
export type SendOperations = (request: PushRequest) => Promise<unknown>;
export type Pusher = {
  /**
   * Sends what may be sent, keeps up to two batches on their way and resolves when one of them was answered; what its verdicts say
   * is settled while the other is judged. `idle` = nothing may be sent now, and everything that was answered is settled.
   */
  push(): Promise<'sent' | 'idle'>;
  /** Resolves when everything that was answered is settled. */
  settled(): Promise<void>;
  /** For who gives up a write, at the start of a turn: false where it is on its way; else it stays here until the turn is over. */
  letGo(seq: number): boolean;
};

export type PusherParts = {
  core: Core;
  problems: Problems;
  send: SendOperations;
  now: () => number;
  /** Operations that one request takes; as many as the protocol allows unless given. */
  most?: number | undefined;
  /** The operations that are on their way, by `seq`; none when the answer is settled. */
  onSending(seqs: ReadonlySet<number>): void;
  onAnswer(response: PushResponse): void;
  /** Keys whose writes the server took. */
  onAccepted(keys: string[]): void;
};

/** Operations that left together. */
type Flight = { rows: readonly OutboxRow[] };
/** How it ended. */
type Landing = { flight: Flight } & ({ answered: readonly Answered[] } | { failure: unknown });

/** One on its way while the other is judged; the server takes a person's pushes one after the other in any case. */
const mostFlights = 2;

export function createPusher({
  core,
  problems,
  send,
  now,
  most,
  onSending,
  onAnswer,
  onAccepted,
}: PusherParts): Pusher {
  const flights = new Map<Flight, Promise<Landing>>();
  /** Answered, and not settled yet. */
  const settling = new Map<Flight, Promise<void>>();
  /** What went wrong behind everybody's back, for the next who asks. */
  const failures: unknown[] = [];
  /** More waits behind those on their way. */
  let more = false;
  /** One came before the one it follows was judged: until all have landed, no other is sent after them. */
  let isOutOfStep = false;

  const awayRows = (): OutboxRow[] => [...flights.keys(), ...settling.keys()].flatMap(({ rows }) => rows);
  const tell = (): void => onSending(new Set(awayRows().map(({ seq }) => seq)));
  const maySendAnother = (): boolean => flights.size === 0 || (more && !isOutOfStep && flights.size < mostFlights);

  return {
    async push() {
      while (maySendAnother() && (await takeOff()));
      if (failures.length > 0) throw failures.shift();
      if (flights.size === 0) {
        if (settling.size === 0) return 'idle';
        await Promise.all(settling.values());
        return 'sent';
      }
      const landing = await Promise.race(flights.values());
      flights.delete(landing.flight);
      if (flights.size === 0) isOutOfStep = false;
      if ('failure' in landing) {
        more = true;
        tell();
        throw landing.failure;
      }
      settleBehind(landing.flight, landing.answered);
      return 'sent';
    },
    async settled() {
      await Promise.all(settling.values());
    },
    letGo: (seq) => !awayRows().some((row) => row.seq === seq),
  };

  /** Chooses what goes next and lets it go; false where there is nothing. */
  function takeOff(): Promise<boolean> {
    return core.turns(async () => {
      const batch = nextBatch(core.outbox.rows.get(), now(), { away: awayRows(), ...(most ? { most } : {}) });
      ({ more } = batch);
      if (batch.rows.length === 0) return false;
      await core.outbox.freeze(batch.rows);
      const flight: Flight = { rows: batch.rows };
      const request = { ops: batch.rows.map(operationOf), ...(more ? { more } : {}), ...after(batch.rows) };
      flights.set(flight, fly(flight, request));
      tell();
      return true;
    });
  }

  /** The last operation of the flight that goes before these; none where these were written earlier and are sent again. */
  function after(rows: readonly OutboxRow[]): Pick<PushRequest, 'after'> {
    const [other] = flights.keys();
    if (!other) return {};
    const isAgain = Math.max(...rows.map(({ seq }) => seq)) < Math.min(...other.rows.map(({ seq }) => seq));
    return isAgain ? {} : { after: other.rows.at(-1)!.op };
  }

  async function fly(flight: Flight, request: PushRequest): Promise<Landing> {
    try {
      const answered = read(flight.rows, await send(request));
      if (answered.length > 0) return { flight, answered };
      if (!request.after) throw new NetworkError('a push answered without verdicts', { answered: true });
      isOutOfStep = true;
      return { flight, answered };
    } catch (failure) {
      return { flight, failure };
    }
  }

  function read(rows: readonly OutboxRow[], answer: unknown): Answered[] {
    const response = readVerdicts(answer);
    onAnswer(response);
    const verdicts = new Map(response.verdicts.map((verdict) => [verdict.op, verdict]));
    return rows.flatMap((row) => {
      const verdict = verdicts.get(row.op);
      return verdict ? [{ row, verdict }] : [];
    });
  }

  /** Not waited for. The next batch is chosen first and leaves first, for the server has longer to do with it. */
  function settleBehind(flight: Flight, answered: readonly Answered[]): void {
    const others = (): Promise<void> => (more ? breathe() : Promise.resolve());
    const settled = others()
      .then(() => core.turns(() => others().then(() => settleVerdicts({ core, problems, now }, answered))))
      .then(
        (accepted) => void (accepted.length > 0 && onAccepted(accepted)),
        // It is queued still and will be asked for again.
        (error: unknown) => void failures.push(error),
      )
      .then(() => {
        settling.delete(flight);
        tell();
      });
    settling.set(flight, settled);
  }
}
