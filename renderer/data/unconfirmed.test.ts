import { beforeEach, describe, expect, it, vi } from 'vitest';
import { closeBehindEachTest, ready, sent, start, synced } from '../testing/opened.ts';
import { idOf, lessonRow } from '../testing/rows.ts';
import { patient, soon } from '../testing/soon.ts';
import { testUserId } from '../testing/test-device.ts';
import type { Frame } from '#contract/protocol.ts';
import { until } from './store.ts';
import type { Replica } from './types.ts';

vi.setConfig(patient);
closeBehindEachTest();

const note = { user_id: testUserId, lesson_id: idOf(1, 1), at_seconds: null, body: 'said', copy_of: null };
const noteIds = async (replica: Replica): Promise<string[]> => (await replica.find('lesson_notes')).map(({ id }) => id);

type Ready = Awaited<ReturnType<typeof ready>>;

/** Ends the stream; the next one brings what the test hands over, and those behind it are the server's again. */
async function takeOver({ server, replica }: Ready): Promise<(...frames: Frame[]) => void> {
  let stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  server.intercept = (path) => {
    if (path !== '/sync/v1/stream') return undefined;
    server.intercept = null;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (stream = controller) });
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
  };
  server.cut();
  replica.syncNow();
  await soon(() => expect(stream).not.toBeNull());
  let n = 0;
  return (...frames) => {
    const lines = frames.map((frame) => `${JSON.stringify({ ...frame, n: n++ })}\n`);
    stream!.enqueue(new TextEncoder().encode(lines.join('')));
  };
}

describe('a row that only a verdict confirmed while a full set came in', () => {
  let at: Ready;
  let say: (...frames: Frame[]) => void;
  let made: string;
  /** The place in the server's history before the row was written. */
  let before: string;

  const docs = (): Frame[] => [
    { t: 'docs', f: 'lessons', d: [...at.server.rows.values()].filter(({ type }) => type === 'available_lessons') },
  ];
  const checkpoint = (cp: string): Frame => ({ t: 'cp', cp, server_time: new Date().toISOString() });

  beforeEach(async () => {
    at = await ready();
    before = `1:${at.server.rows.size}`;
    say = await takeOver(at);
    say(
      { t: 'hello', protocol: 1, epoch: '1', server_time: new Date().toISOString(), count: 3, lease_until: null },
      { t: 'reset' },
      { t: 'docs', f: 'lessons', d: [{ ...lessonRow(1, 'in the set'), v: idOf(9, 1) }] },
    );
    await until(at.replica.row('available_lessons', idOf(1, 1)), (row) => row?.recording_title === 'in the set');
    made = await at.replica.writes.insert('lesson_notes', note);
    await sent(at.replica);
    expect(at.server.taken).toHaveLength(1);
  });

  /** It was deleted on another device, and after that the set was read. */
  function deleteBeforeTheSet(): void {
    at.server.remove('lesson_notes', made);
    say(...docs(), checkpoint(`1:${at.server.rows.size + 2}`));
  }

  it('goes where it had gone before the set was read', async () => {
    deleteBeforeTheSet();
    await soon(async () => expect(await noteIds(at.replica)).toEqual([]));
    expect(at.device.troubles).toEqual([]);
  });

  it('goes also where the app ends between the set and the news behind it', async () => {
    at.server.intercept = (path) => (path === '/sync/v1/stream' ? new Response(null, { status: 502 }) : undefined);
    deleteBeforeTheSet();
    await until(at.replica.row('available_lessons', idOf(1, 1)), (row) => row?.recording_title !== 'in the set');
    await soon(() => expect(at.replica.syncState.get().status).not.toBe('uptodate'));
    expect(await noteIds(at.replica)).toEqual([made]);
    await at.replica.close();
    at.server.intercept = null;
    const again = await start(at.device);
    await synced(again);
    expect(await noteIds(again)).toEqual([]);
  });

  it('stays in its place where it was written after the set was read', async () => {
    const seen: string[][] = [];
    const stop = at.replica.rows('lesson_notes').subscribe(() => {
      const rows = at.replica.rows('lesson_notes').get();
      if (rows) seen.push(rows.map(({ id }) => id));
    });
    say(...docs(), checkpoint(before));
    await soon(() => expect(at.server.openStreams()).toBe(1));
    await synced(at.replica);
    expect(await noteIds(at.replica)).toEqual([made]);
    expect(seen.filter((ids) => ids.length === 0)).toEqual([]);
    stop();
  });

  it('is dropped once: what comes by the stream later stays', async () => {
    deleteBeforeTheSet();
    await soon(async () => expect(await noteIds(at.replica)).toEqual([]));
    at.server.put({ type: 'lesson_notes', id: made, ...note });
    at.server.put({ type: 'lesson_notes', id: idOf(5, 2), ...note });
    await soon(async () => expect(await noteIds(at.replica)).toHaveLength(2));
    at.server.put({ type: 'lesson_notes', id: idOf(5, 3), ...note });
    await soon(async () => expect(await noteIds(at.replica)).toHaveLength(3));
  });
});
