import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckRequest, WireDoc } from '#contract/protocol.ts';
import { idOf, lessonRow } from '../testing/rows.ts';
import { openTestCore } from '../testing/test-core.ts';
import { bucketOf, checkReplica } from './check.ts';
import type { Core } from './core.ts';
import { dropRest } from './drop-rows.ts';

const lesson = (title: string, v: number): WireDoc => ({ ...lessonRow(1, title), v: idOf(9, v) });
const { type, id } = lesson('', 0);
const key = `${type}|${id}`;

/** An answer to a check, read before whatever happens in `meanwhile`. */
async function checkWith(core: Core, docs: WireDoc[], meanwhile: () => void): Promise<number> {
  const ask = async (_: CheckRequest): Promise<unknown> => {
    meanwhile();
    return { repairs: [{ family: 'lessons', bucket: await bucketOf(key), docs }] };
  };
  return checkReplica(core, ask, new AbortController().signal);
}

describe('what comes while a check is under way', () => {
  let core: Core;
  beforeEach(async () => {
    core = await openTestCore();
    await core.receive([lesson('first', 1)]);
  });
  afterEach(() => core.close());
  const shown = async () => (await core.read(type, id))?.recording_title;

  it('is repaired where nothing newer came', async () => {
    expect(await checkWith(core, [lesson('second', 2)], () => undefined)).toBe(1);
    expect(await shown()).toBe('second');
  });

  it('all who listen at the same time hear of it', async () => {
    const listening = [core.listen(), core.listen()];
    await core.receive([lesson('second', 2)]);
    expect(listening.map((heard) => heard.has(key))).toEqual([true, true]);
  });

  it('a row of the stream that still waits for the disk when the answer comes is newer than the answer', async () => {
    let written: Promise<unknown> = Promise.resolve();
    const repaired = await checkWith(core, [lesson('second', 2)], () => {
      written = core.receive([lesson('third', 3)]);
    });
    await written;
    expect(await shown()).toBe('third');
    expect(repaired).toBe(0);
  });

  it('a row that the stream brings again is not taken away by an answer from when it was gone', async () => {
    let written: Promise<unknown> = Promise.resolve();
    await checkWith(core, [], () => (written = core.receive([lesson('third', 3)])));
    await written;
    expect(await shown()).toBe('third');
  });

  it('a row that a full set did not hold is not brought back by an older answer', async () => {
    let dropped: Promise<void> = Promise.resolve();
    await checkWith(core, [lesson('second', 2)], () => (dropped = dropRest(core, core.startFullSet())));
    await dropped;
    expect(await shown()).toBeUndefined();
  });
});
