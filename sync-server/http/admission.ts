import type { ServerResponse } from 'node:http';
import type { Metrics } from '../metrics/metrics.ts';
import { AppError } from './errors.ts';

export type AdmissionOptions = {
  /** What it is called in the metrics. */
  name: 'read' | 'write';
  /** Most that run at once in this process. */
  running: number;
  /** Most that wait for a place. */
  waiting: number;
  /** The same for one person, on however many devices. */
  perPerson: { running: number; waiting: number };
  /** Longest wait for a place; then the caller is asked to come again. */
  patienceMs: number;
};

/** Gives the place back; a second call does nothing. */
export type Leave = {
  (): void;
  /** Lets the next one of the same person in already: what is left to do may go on beside it. The place among all is kept. */
  personsTurn(): void;
};

/**
 * Lets only so many requests of a kind run at once, so that a rush waits in a line that costs nothing instead of holding
 * connections to the database. Beyond the line callers get 429 and the seconds after which a place is likely.
 */
export type Admission = {
  /** Resolves when its turn comes. Throws RATE_LIMIT_EXCEEDED; rejects as well when the caller hung up meanwhile. */
  enter(person: string, caller: ServerResponse): Promise<Leave>;
};

type Waiter = { person: string; admit: () => void };
type Counts = { running: number; waiting: number };

/** Retry-After in seconds. */
const soonest = 1;
const latest = 30;

export function createAdmission(options: AdmissionOptions, metrics: Metrics): Admission {
  const { name, perPerson, patienceMs } = options;
  const line = new Set<Waiter>();
  const people = new Map<string, Counts>();
  let running = 0;
  /** How long a place is held at present. */
  let usualMs = 50;

  const of = (person: string): Counts => people.get(person) ?? { running: 0, waiting: 0 };
  function count(person: string, change: Partial<Counts>): void {
    const { running: runs, waiting: waits } = of(person);
    const now = { running: runs + (change.running ?? 0), waiting: waits + (change.waiting ?? 0) };
    if (now.running + now.waiting === 0) people.delete(person);
    else people.set(person, now);
    metrics.gates.set({ gate: name, state: 'running' }, running);
    metrics.gates.set({ gate: name, state: 'waiting' }, line.size);
  }

  const mayRun = (person: string): boolean => running < options.running && of(person).running < perPerson.running;

  function turnAway(reason: 'busy' | 'person' | 'patience'): AppError {
    metrics.turnedAway.inc({ gate: name, reason });
    const expected = Math.ceil((line.size * usualMs) / options.running / 1000);
    return new AppError('RATE_LIMIT_EXCEEDED', {
      retryAfter: Math.min(latest, Math.max(soonest, expected)),
      details: { reason: reason === 'person' ? 'person' : 'busy' },
    });
  }

  function run(person: string): Leave {
    const from = performance.now();
    let isIn = true;
    let hasTurn = true;
    running += 1;
    count(person, { running: 1 });
    const personsTurn = (): void => {
      if (!hasTurn) return;
      hasTurn = false;
      count(person, { running: -1 });
      admitNext();
    };
    const leave = (): void => {
      if (!isIn) return;
      isIn = false;
      usualMs = usualMs * 0.9 + (performance.now() - from) * 0.1;
      running -= 1;
      count(person, { running: hasTurn ? -1 : 0 });
      hasTurn = false;
      admitNext();
    };
    return Object.assign(leave, { personsTurn });
  }

  /** In the order they came, past those whose person has no place left. */
  function admitNext(): void {
    for (const waiter of line) {
      if (running >= options.running) return;
      if (mayRun(waiter.person)) waiter.admit();
    }
  }

  function wait(person: string, caller: ServerResponse): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const step = (outcome: () => void) => (): void => {
        clearTimeout(timer);
        caller.off('close', hangUp);
        line.delete(waiter);
        count(person, { waiting: -1 });
        outcome();
      };
      const waiter: Waiter = { person, admit: step(() => resolve(run(person))) };
      const hangUp = step(() => reject(new AppError('UNAVAILABLE', { retryAfter: soonest })));
      const timer = setTimeout(
        step(() => reject(turnAway('patience'))),
        patienceMs,
      );
      caller.once('close', hangUp);
      line.add(waiter);
      count(person, { waiting: 1 });
    });
  }

  return {
    async enter(person, caller) {
      if (mayRun(person) && of(person).waiting === 0) return run(person);
      if (of(person).waiting >= perPerson.waiting) throw turnAway('person');
      if (line.size >= options.waiting) throw turnAway('busy');
      return wait(person, caller);
    },
  };
}
