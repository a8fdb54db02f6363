import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireDoc } from '#contract/protocol.ts';
import { idOf, lessonRow } from '../testing/rows.ts';
import { openTestCore } from '../testing/test-core.ts';
import { testUserId } from '../testing/test-device.ts';
import type { Core } from './core.ts';
import { dropRest } from './drop-rows.ts';

const note: WireDoc = {
  type: 'lesson_notes',
  id: idOf(5, 1),
  v: idOf(9, 1),
  user_id: testUserId,
  lesson_id: idOf(1, 1),
  at_seconds: null,
  body: 'said',
  copy_of: null,
};
const key = `lesson_notes|${note.id}`;

describe('what a full set did not hold', () => {
  let core: Core;
  beforeEach(async () => void (core = await openTestCore()));
  afterEach(() => core.close());

  it('goes also where it came and went again within the set', async () => {
    await core.receive([{ ...lessonRow(1), v: idOf(9, 1) }]);
    const keys = core.startFullSet();
    const passing = { ...lessonRow(2), v: idOf(9, 2) };
    await core.receive([passing]);
    await core.receive([{ type: passing.type, id: passing.id, v: idOf(9, 3), _deleted: true }]);
    await dropRest(core, keys);
    expect(await core.read('available_lessons', idOf(1, 1))).toBeNull();
  });

  it('is not kept under a deletion that is on its way, and so does not come back with its verdict', async () => {
    await core.receive([note]);
    await core.writes.remove('lesson_notes', note.id);
    await core.turns(() => core.outbox.freeze(core.outbox.rows.get()));
    // A set that broke off still held it; in the next one the deletion is done, and its answer was lost.
    core.startFullSet();
    await core.receive([note]);
    expect(core.outbox.master(key)).not.toBeNull();
    await dropRest(core, core.startFullSet());
    expect(core.outbox.master(key)).toBeNull();
    expect(core.outbox.of(key)).toMatchObject([{ verb: 'delete', overtaken: true }]);
    expect(await core.read('lesson_notes', note.id)).toBeNull();
  });

  it('keeps an unsent edit, which stands alone then', async () => {
    await core.receive([note]);
    await core.writes.update('lesson_notes', note.id, { body: 'mine' });
    await dropRest(core, core.startFullSet());
    expect(core.outbox.master(key)).toBeNull();
    expect(core.outbox.of(key)).toHaveLength(1);
  });
});
