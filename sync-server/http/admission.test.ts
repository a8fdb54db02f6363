import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMetrics } from '../metrics/metrics.ts';
import { createAdmission, type Admission, type AdmissionOptions } from './admission.ts';

const limits: AdmissionOptions = {
  name: 'read',
  running: 2,
  waiting: 3,
  perPerson: { running: 1, waiting: 2 },
  patienceMs: 10_000,
};
let gate: Admission;
let log: string[];
const metrics = createMetrics();

beforeEach(() => {
  vi.useFakeTimers();
  gate = createAdmission(limits, metrics);
  log = [];
});
afterEach(() => void vi.useRealTimers());

const caller = (): ServerResponse => new EventEmitter() as ServerResponse;
/** Comes as this person; `leave` once it is in. */
function come(person: string, at: ServerResponse = caller()) {
  const entered = gate.enter(person, at).then((leave) => {
    log.push(person);
    return leave;
  });
  return { entered, leave: async () => (await entered)(), personsTurn: async () => (await entered).personsTurn() };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

test('only so many run at once, the others follow in the order they came', async () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((person) => come(person));
  await settle();
  expect(log).toEqual(['a', 'b']);
  await b!.leave();
  await a!.leave();
  await settle();
  expect(log).toEqual(['a', 'b', 'c', 'd']);
  await c!.leave();
  await d!.leave();
});

test('one person holds one place, and who comes after does not wait for that person', async () => {
  const first = come('a');
  come('a');
  come('b');
  await settle();
  expect(log).toEqual(['a', 'b']);
  await first.leave();
  await settle();
  expect(log).toEqual(['a', 'b', 'a']);
});

test('who has given the turn lets the next of the same person in, and keeps a place among all', async () => {
  const first = come('a');
  const second = come('a');
  const other = come('b');
  const last = come('c');
  await settle();
  expect(log).toEqual(['a', 'b']);
  await first.personsTurn();
  await first.personsTurn();
  await settle();
  // Both places are taken still.
  expect(log).toEqual(['a', 'b']);
  await other.leave();
  await settle();
  expect(log).toEqual(['a', 'b', 'a']);
  await first.leave();
  await settle();
  expect(log).toEqual(['a', 'b', 'a', 'c']);
  await second.leave();
  await last.leave();
  const [again, fourth] = [come('a'), come('a')];
  await settle();
  expect(log.slice(4)).toEqual(['a']);
  await again.leave();
  await fourth.leave();
});

test('leaving twice frees one place', async () => {
  const [a] = [come('a'), come('b'), come('c'), come('d')];
  await a!.leave();
  await a!.leave();
  await settle();
  expect(log).toEqual(['a', 'b', 'c']);
});

test('beyond the line, and beyond one person’s part of it, callers are told when to come again', async () => {
  for (const person of ['a', 'b', 'a', 'a']) come(person);
  await expect(gate.enter('a', caller())).rejects.toMatchObject({
    code: 'RATE_LIMIT_EXCEEDED',
    retryAfter: 1,
    details: { reason: 'person' },
  });
  come('c');
  await expect(gate.enter('d', caller())).rejects.toMatchObject({ details: { reason: 'busy' } });
});

test('whoever waited too long is turned away, and does not take the place later', async () => {
  const holder = come('a');
  come('b');
  const late = come('c');
  const refusal = late.entered.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(limits.patienceMs);
  expect(await refusal).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
  await holder.leave();
  await settle();
  expect(log).toEqual(['a', 'b']);
  come('d');
  await settle();
  expect(log).toEqual(['a', 'b', 'd']);
});

test('whoever hangs up leaves the line', async () => {
  const holder = come('a');
  come('b');
  const gone = caller();
  const refusal = gate.enter('c', gone).catch((error: unknown) => error);
  come('d');
  gone.emit('close');
  expect(await refusal).toMatchObject({ code: 'UNAVAILABLE' });
  await holder.leave();
  await settle();
  expect(log).toEqual(['a', 'b', 'd']);
});

test('what runs, waits and was turned away is counted', async () => {
  for (const person of ['a', 'b', 'c']) come(person);
  await settle();
  const shown = await metrics.register.metrics();
  expect(shown).toContain('growth_gate_requests{gate="read",state="running"} 2');
  expect(shown).toContain('growth_gate_requests{gate="read",state="waiting"} 1');
  expect(shown).toMatch(/growth_turned_away_total\{gate="read",reason="patience"\} 1/);
});
