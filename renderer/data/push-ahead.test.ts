import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Operation, OperationVerdict, PushRequest } from '#contract/protocol.ts';
import { createFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { breakReplicaWrites } from '../testing/faulty-storage.ts';
import { idOf, lessonRows } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { until } from './store.ts';
import type { Replica } from './types.ts';

vi.setConfig(patient);

let server: FakeServer;
let replica: Replica;
/** Requests in the order in which they came. */
let came: PushRequest[];
let gates: PromiseWithResolvers<void>[];
/** How many pushes were answered before each one came. */
let answeredBefore: number[];
let answered: number;

beforeEach(async () => {
  server = createFakeServer(lessonRows(1));
  replica = await createTestDevice({ server }).open({ mostPerPush: 1 });
  await until(replica.syncState, ({ status }) => status === 'uptodate');
  await soon(() => expect(server.openStreams()).toBe(1));
  came = [];
  gates = [];
  answeredBefore = [];
  answered = 0;
  server.delayPush = (request) => {
    came.push(request);
    answeredBefore.push(answered);
    return undefined;
  };
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const gate of gates) gate.resolve();
  await replica.close();
});

/** From here on every push waits for its gate before it is judged. */
function holdUp(): void {
  server.delayPush = async (request) => {
    came.push(request);
    answeredBefore.push(answered);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    answered += 1;
  };
}

function goOffline(): void {
  server.online = false;
  server.cut();
}
function goOnline(): void {
  server.online = true;
  replica.syncNow();
}

const write = (n: number) =>
  replica.writes.insert('lesson_notes', {
    id: idOf(5, n),
    user_id: testUserId,
    lesson_id: idOf(1, 1),
    at_seconds: null,
    body: `note ${n}`,
    copy_of: null,
  });
async function writeOffline(count: number): Promise<void> {
  goOffline();
  await until(replica.syncState, ({ status }) => status === 'offline' || status === 'unreachable');
  for (let n = 1; n <= count; n += 1) await write(n);
}
const sent = () => until(replica.syncState, ({ waiting }) => waiting === 0);
const nameOf = ({ id }: { id: string }): number => Number(id.slice(-2));
const names = (ops: readonly Operation[]): number[] => ops.map(nameOf);
const wait = (op: Operation): OperationVerdict => ({ op: op.op, s: 'wait', reason: 'parent' });

describe('a queue of several requests', () => {
  it('has the second on its way before the first is answered, and says what it comes after', async () => {
    await writeOffline(4);
    holdUp();
    goOnline();
    await soon(() => expect(gates).toHaveLength(2));
    expect(came.map(({ ops }) => names(ops))).toEqual([[1], [2]]);
    expect(came.map(({ more }) => more)).toEqual([true, true]);
    expect(came.map(({ after }) => after)).toEqual([undefined, came[0]?.ops[0]?.op]);

    gates[0]?.resolve();
    await soon(() => expect(gates).toHaveLength(3));
    // No more than two at a time.
    expect(answeredBefore).toEqual([0, 0, 1]);
    gates[1]?.resolve();
    await soon(() => expect(gates).toHaveLength(4));
    expect(came[3]).toMatchObject({ ops: [{ id: idOf(5, 4) }], after: came[2]?.ops[0]?.op });
    // The last one says that nothing follows.
    expect(came[3]).not.toHaveProperty('more');
    gates[2]?.resolve();
    gates[3]?.resolve();
    await sent();
    expect(names(server.taken)).toEqual([1, 2, 3, 4]);
  });

  it('is judged in order also where a later request overtakes an earlier one', async () => {
    await writeOffline(3);
    holdUp();
    goOnline();
    await soon(() => expect(gates).toHaveLength(2));
    gates[1]?.resolve();
    await soon(() => expect(answered).toBe(1));
    expect(server.taken).toEqual([]);
    // It is not sent after the first once more before that one is answered, whatever wakes the queue.
    await replica.writes.update('lesson_notes', idOf(5, 3), { body: 'three' });
    expect(came).toHaveLength(2);
    server.delayPush = null;
    gates[0]?.resolve();
    await sent();
    expect(names(server.taken)).toEqual([1, 2, 3]);
  });

  it('goes on with what was lost first, and the other one on its way is not sent again', async () => {
    await writeOffline(3);
    let pushes = 0;
    server.loseAnswer = () => (pushes += 1) === 1;
    goOnline();
    await sent();
    expect(names(server.taken)).toEqual([1, 2, 3]);
    const requests = came.map(({ ops }) => names(ops).join());
    expect(requests.filter((one) => one === '1')).toHaveLength(2);
    expect(requests.filter((one) => one === '2')).toHaveLength(1);
    // What is sent again was written before what is on its way: it waits for nothing.
    expect(came.filter(({ ops }) => nameOf(ops[0]!) === 1).every(({ after }) => after === undefined)).toBe(true);
  });

  it('holds the later writes of a row back while an earlier one is on its way or waits', async () => {
    await writeOffline(2);
    holdUp();
    goOnline();
    await soon(() => expect(gates).toHaveLength(2));
    // Frozen by now: a write of its own.
    await replica.writes.update('lesson_notes', idOf(5, 1), { body: 'later' });
    let isHere = false;
    server.judge = (op) => (nameOf(op) === 1 && !isHere ? wait(op) : undefined);
    server.delayPush = null;
    gates[0]?.resolve();
    gates[1]?.resolve();
    // The first is tried again and again, the one behind it never.
    const wasTried = () => replica.pending.get().map(({ tries }) => tries > 0);
    await soon(() => expect(wasTried()).toEqual([true, false]));
    expect(names(server.taken)).toEqual([2]);
    isHere = true;
    replica.syncNow();
    await sent();
    expect(server.taken.map(({ id, set }) => [nameOf({ id }), set['body']])).toEqual([
      [2, 'note 2'],
      [1, 'note 1'],
      [1, 'later'],
    ]);
  });

  it('lets a write be given up that still waits behind them, and none that is on its way', async () => {
    await writeOffline(3);
    holdUp();
    goOnline();
    await soon(() => expect(gates).toHaveLength(2));
    for (const { key } of replica.pending.get()) await replica.discardPending(key);
    server.delayPush = null;
    for (const gate of gates) gate.resolve();
    await sent();
    expect(names(server.taken)).toEqual([1, 2]);
    expect(await replica.find('lesson_notes')).toHaveLength(2);
  });

  it('asks again for an answer that could not be shown, and loses none of what was answered meanwhile', async () => {
    await writeOffline(3);
    // Its row says more than the device knew, so that there is something to write.
    server.judge = (op) => {
      server.taken.push(op);
      const doc = { ...op.set, type: op.type, id: op.id, v: op.op, created_at: '2026-11-22T10:00:00.000Z' };
      return { op: op.op, s: 'ok', doc };
    };
    let left = 1;
    const fault = breakReplicaWrites((keys) =>
      keys.includes(`lesson_notes|${idOf(5, 1)}`) && (left -= 1) === 0 ? 'throw' : 'ok',
    );
    goOnline();
    await sent();
    expect(fault.failures()).toBe(1);
    expect(names(server.taken)).toEqual([1, 2, 3]);
    expect(replica.problems.get()).toEqual([]);
    expect((await replica.find('lesson_notes')).map(nameOf).toSorted()).toEqual([1, 2, 3]);
  });
});
