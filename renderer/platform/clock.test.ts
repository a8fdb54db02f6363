import { describe, expect, it } from 'vitest';
import { createClock } from './clock.ts';

const server = Date.parse('2026-11-22T10:00:00.000Z');
const hour = 3_600_000;

/** A computer whose two clocks the test moves. */
function computer(wall: number) {
  const files = new Map<string, string>();
  const storage = {
    getItem: (name: string) => files.get(name) ?? null,
    setItem: (name: string, value: string) => void files.set(name, value),
  };
  const state = { wall, monotonic: 5_000 };
  const sources = { wall: () => state.wall, monotonic: () => state.monotonic };
  return {
    start: () => createClock(storage, sources),
    pass(ms: number) {
      state.wall += ms;
      state.monotonic += ms;
    },
    setWall: (value: number) => void (state.wall = value),
    restart: () => void (state.monotonic = 0),
    write: (mark: unknown) => void files.set('growthos.clock', JSON.stringify(mark)),
    spoil: () => void files.set('growthos.clock', '{"trusted":'),
  };
}

describe('trusted time', () => {
  it('is unknown before the server was ever heard, and writes are stamped with the computer’s clock', () => {
    const pc = computer(server - 7 * hour);
    const clock = pc.start();
    expect(clock.now()).toBeNull();
    expect(clock.skewMs()).toBeNull();
    expect(clock.stamp().getTime()).toBe(server - 7 * hour);
  });

  it('follows the server and the monotonic clock, not the computer’s', () => {
    const pc = computer(server + 2 * hour);
    const clock = pc.start();
    clock.observe(new Date(server).toISOString());
    pc.pass(60_000);
    pc.setWall(server + 90 * hour);
    expect(clock.now()?.getTime()).toBe(server + 60_000);
    expect(clock.skewMs()).toBe(2 * hour);
  });

  it('a frame that waited in the queue does not turn it back, a corrected server does', () => {
    const pc = computer(server);
    const clock = pc.start();
    clock.observe(new Date(server).toISOString());
    pc.pass(30_000);
    clock.observe(new Date(server + 10_000).toISOString());
    expect(clock.now()?.getTime()).toBe(server + 30_000);
    clock.observe(new Date(server - hour).toISOString());
    expect(clock.now()?.getTime()).toBe(server - hour);
    clock.observe('not a time');
    expect(clock.now()?.getTime()).toBe(server - hour);
  });

  it('after a restart the computer’s clock counts, without its known error, while it is not before the last trusted time', () => {
    const pc = computer(server + 2 * hour);
    const before = pc.start();
    before.observe(new Date(server).toISOString());
    pc.pass(60_000);
    before.save();
    pc.pass(3 * hour);
    pc.restart();
    expect(pc.start().now()?.getTime()).toBe(server + 60_000 + 3 * hour);
  });

  it('a clock set back while closed is not believed, and nothing is stamped before what was stamped', () => {
    const pc = computer(server);
    const before = pc.start();
    before.observe(new Date(server).toISOString());
    pc.pass(10_000);
    const last = before.stamp().getTime();
    pc.restart();
    pc.setWall(server - hour);
    const after = pc.start();
    expect(after.now()).toBeNull();
    expect(after.stamp().getTime()).toBeGreaterThanOrEqual(last);
    after.observe(new Date(server + hour).toISOString());
    expect(after.now()?.getTime()).toBe(server + hour);
  });

  it('says between which moments it is: measured since the server was heard, and by the computer’s clock', () => {
    const pc = computer(server + 2 * hour);
    const clock = pc.start();
    expect(clock.bounds()).toBeNull();
    clock.observe(new Date(server).toISOString());
    pc.pass(60_000);
    expect(clock.bounds()).toEqual({ least: server + 60_000, most: server + 60_000 });
    // Asleep: the measuring clock stands still, the other does not.
    pc.setWall(server + 60_000 + 10 * hour);
    expect(clock.bounds()).toEqual({ least: server + 60_000, most: server + 60_000 + 8 * hour });
  });

  it('after a restart only what was measured before and since is sure', () => {
    const pc = computer(server);
    const before = pc.start();
    before.observe(new Date(server).toISOString());
    pc.pass(60_000);
    before.save();
    pc.pass(3 * hour);
    pc.restart();
    const after = pc.start();
    pc.pass(1000);
    const stamped = after.stamp().getTime();
    expect(stamped).toBe(server + 61_000 + 3 * hour);
    expect(after.bounds()).toEqual({ least: server + 61_000, most: stamped });
    pc.setWall(server - hour);
    expect(after.bounds()).toEqual({ least: server + 61_000, most: stamped });
  });

  it('what the computer’s clock said in between is never taken for measured', () => {
    const pc = computer(server);
    pc.start().observe(new Date(server).toISOString());
    pc.restart();
    pc.setWall(server + 2 * hour);
    const fast = pc.start();
    const stamped = fast.stamp().getTime();
    expect(stamped).toBe(server + 2 * hour);
    pc.restart();
    pc.setWall(server + 1000);
    const after = pc.start();
    pc.pass(1000);
    expect(after.bounds()?.least).toBe(server + 1000);
    expect(after.stamp().getTime()).toBeGreaterThanOrEqual(stamped);
  });

  it('the server is believed also where the computer’s clock ran ahead by little', () => {
    const pc = computer(server);
    pc.start().observe(new Date(server).toISOString());
    pc.restart();
    pc.setWall(server + 240_000);
    const after = pc.start();
    expect(after.now()?.getTime()).toBe(server + 240_000);
    after.observe(new Date(server + 5_000).toISOString());
    expect(after.now()?.getTime()).toBe(server + 5_000);
    expect(after.skewMs()).toBe(235_000);
  });

  it('a mark of an earlier version of the app is one', () => {
    const pc = computer(server + 1000);
    pc.write({ trusted: server, skew: 0 });
    expect(pc.start().bounds()).toEqual({ least: server, most: server + 1000 });
  });

  it('a spoiled mark is no mark', () => {
    const pc = computer(server);
    pc.spoil();
    expect(pc.start().now()).toBeNull();
  });
});
