import { fc, test } from '@fast-check/vitest';
import { afterEach, expect, vi } from 'vitest';
import { createFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { breakReplicaWrites } from '../testing/faulty-storage.ts';
import { idOf } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { createTestDevice, testUserId, type TestDevice } from '../testing/test-device.ts';
import { ApplyError } from './apply.ts';
import { until } from './store.ts';
import type { Replica } from './types.ts';
import { UnshownError } from './unshown.ts';
import { NotWritableError } from './writing.ts';

vi.setConfig({ ...patient, testTimeout: 120_000 });
afterEach(() => vi.restoreAllMocks());

const notes = 6;
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      device: fc.nat(1),
      note: fc.nat(notes - 1),
      body: fc.string({ maxLength: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove' as const), device: fc.nat(1), note: fc.nat(notes - 1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('elsewhere' as const),
      lesson: fc.nat(4),
      title: fc.string({ maxLength: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('withdrawn' as const), lesson: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cable' as const), online: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ do: 'cut' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'other history' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('restart' as const),
      device: fc.nat(1),
      clock: fc.constantFrom(-3_600_000, 0, 3_600_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('disk fails' as const), times: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rebuild' as const), device: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'breathe' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The last write to arrive wins, as for an owner's text; deletes count. */
function newServer(lost: readonly boolean[]): FakeServer {
  const server = createFakeServer();
  let turn = 0;
  server.loseAnswer = () => lost[turn++ % lost.length] ?? false;
  return server;
}

const rowsOf = (server: FakeServer, type: string) =>
  [...server.rows.values()]
    .filter((row) => row.type === type)
    .map(({ id, v, body, recording_title }) => [id, v, body ?? recording_title])
    .toSorted();

async function heldBy(replica: Replica, type: 'lesson_notes' | 'available_lessons') {
  const rows = await replica.find(type);
  return rows.map((row) => [row.id, row.v, 'body' in row ? row.body : row.recording_title]).toSorted();
}

/** A full disk may stop a rebuild in the middle; what is missing then comes with the next connection. */
function ofTheDisk(error: unknown): void {
  if (!(error instanceof ApplyError)) throw error;
}

/** As a screen does it; the row may come or go between its look and its write. */
async function writeNote(replica: Replica, note: number, body: string): Promise<void> {
  const id = idOf(5, note);
  const [there] = await replica.find('lesson_notes', { id });
  const write = there
    ? replica.writes.update('lesson_notes', id, { body })
    : replica.writes.insert('lesson_notes', {
        id,
        user_id: testUserId,
        lesson_id: idOf(1, 1),
        at_seconds: null,
        body,
        copy_of: null,
      });
  await write.catch((error: unknown) => {
    if (!(error instanceof NotWritableError || error instanceof UnshownError)) throw error;
  });
}

async function removeNote(replica: Replica | undefined, note: number): Promise<void> {
  await replica?.writes.remove('lesson_notes', idOf(5, note)).catch((error: unknown) => {
    if (!(error instanceof UnshownError)) throw error;
  });
}

/** What is written on two devices and on the server, through cuts, lost answers, restarts, full disks and clocks. */
class World {
  readonly server: FakeServer;
  readonly devices: TestDevice[];
  replicas: Replica[] = [];
  diskFails = 0;
  constructor(lost: readonly boolean[]) {
    this.server = newServer(lost);
    this.devices = [createTestDevice({ server: this.server }), createTestDevice({ server: this.server })];
    breakReplicaWrites(() => (this.diskFails > 0 && this.diskFails-- ? 'throw' : 'ok'));
  }
  async open(): Promise<void> {
    for (const device of this.devices) this.replicas.push(await device.open());
  }
  async take(one: Step): Promise<void> {
    const replica = 'device' in one ? this.replicas[one.device] : undefined;
    if (one.do === 'write' && replica) await writeNote(replica, one.note, one.body);
    else if (one.do === 'remove') await removeNote(replica, one.note);
    else if (one.do === 'elsewhere')
      this.server.put({ type: 'available_lessons', id: idOf(1, one.lesson), recording_title: one.title });
    else if (one.do === 'withdrawn') this.server.remove('available_lessons', idOf(1, one.lesson));
    else if (one.do === 'cable') this.plug(one.online);
    else if (one.do === 'cut') this.server.cut();
    else if (one.do === 'other history') {
      this.server.newEpoch();
      this.server.cut();
    } else if (one.do === 'restart') await this.restart(one.device, one.clock);
    else if (one.do === 'rebuild') await replica?.rebuild().catch(ofTheDisk);
    else if (one.do === 'disk fails') this.diskFails = one.times;
    else await new Promise((resolve) => setTimeout(resolve, 3));
  }
  plug(online: boolean): void {
    this.server.online = online;
    if (!online) this.server.cut();
  }
  async restart(index: number, clockOffset: number): Promise<void> {
    const device = this.devices[index];
    await this.replicas[index]?.close();
    if (!device) return;
    device.clockOffset = clockOffset;
    this.diskFails = 0;
    this.replicas[index] = await device.open();
  }
  /** Gives everything time to arrive. */
  async settle(): Promise<void> {
    this.diskFails = 0;
    this.plug(true);
    for (const replica of this.replicas) {
      replica.syncNow();
      await until(
        replica.syncState,
        ({ waiting, progress }) => waiting === 0 && progress === null,
        AbortSignal.timeout(10_000),
      ).catch(async () => {
        throw new Error(
          `the queue never emptied: ${JSON.stringify(await replica.diagnostics())} ${JSON.stringify(replica.pending.get())}`,
        );
      });
    }
    for (const replica of this.replicas) {
      await soon(async () => {
        replica.syncNow();
        expect(await heldBy(replica, 'lesson_notes')).toEqual(rowsOf(this.server, 'lesson_notes'));
        expect(await heldBy(replica, 'available_lessons')).toEqual(rowsOf(this.server, 'available_lessons'));
      });
    }
  }
  async close(): Promise<void> {
    for (const replica of this.replicas) await replica.close();
  }
}

test.prop(
  [
    fc.array(step, { minLength: 5, maxLength: 40 }),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }).filter((lost) => lost.includes(false)),
  ],
  { numRuns: 25, endOnFailure: true },
)(
  'whatever happens on the way, both devices end with what the server has, and every write was taken exactly once',
  async (steps, lost) => {
    const world = new World(lost);
    try {
      await world.open();
      for (const one of steps) await world.take(one);
      await world.settle();
      const ops = world.server.taken.map(({ op }) => op);
      expect(new Set(ops).size).toBe(ops.length);
      for (const replica of world.replicas) {
        expect(replica.problems.get()).toEqual([]);
        expect(replica.pending.get()).toEqual([]);
      }
    } finally {
      await world.close();
      vi.restoreAllMocks();
    }
  },
);
