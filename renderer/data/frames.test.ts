import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Frame } from '#contract/protocol.ts';
import { BrokenStreamError, parseFrame, readFrames, type KnownFrame } from './frames.ts';

const at = '2026-11-22T10:00:00.000Z';
const frames: Frame[] = [
  { t: 'hello', protocol: 1, epoch: 'e', server_time: at, count: 2, lease_until: null, n: 0 },
  { t: 'docs', f: 'lessons', d: [{ type: 'available_lessons', id: 'a', v: '1', recording_title: 'Gruß 🎓' }], n: 1 },
  { t: 'ready', n: 2 },
  { t: 'cp', cp: 'x', server_time: at, n: 3 },
];
const text = frames.map((frame) => `${JSON.stringify(frame)}\n`).join('');

/** The bytes of a text in pieces, as a network hands them over. */
function bodyOf(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  return new ReadableStream({
    start(controller) {
      edges.slice(1).forEach((edge, index) => controller.enqueue(bytes.slice(edges[index], edge)));
      controller.close();
    },
  });
}
async function collect(body: ReadableStream<Uint8Array>): Promise<KnownFrame[]> {
  const all: KnownFrame[] = [];
  for await (const frame of readFrames(body, 1_000)) all.push(frame);
  return all;
}
const bytes = new TextEncoder().encode(text);

describe('readFrames', () => {
  test.prop([fc.array(fc.nat(), { maxLength: 40 })])(
    'reads the same frames however the network cuts the bytes',
    async (cuts) => {
      const read = await collect(bodyOf(bytes, cuts));
      expect(read).toEqual(frames.map((frame) => (frame.t === 'docs' ? { t: 'docs', d: frame.d, n: 1 } : frame)));
    },
  );

  test.prop([fc.nat({ max: bytes.length - 2 })])(
    'an answer that ends inside a line is broken, never a shorter answer',
    async (length) => {
      const whole = bytes[length - 1] === 10 || length === 0;
      const reading = collect(bodyOf(bytes.slice(0, length), []));
      if (whole) await expect(reading).resolves.toBeDefined();
      else await expect(reading).rejects.toBeInstanceOf(BrokenStreamError);
    },
  );

  it('gives up on a server that says nothing', async () => {
    const silent = new ReadableStream<Uint8Array>({ start: () => undefined });
    const reading = (async () => {
      for await (const frame of readFrames(silent, 5)) throw new Error(`unexpected ${frame.t}`);
    })();
    await expect(reading).rejects.toThrow('fell silent');
  });

  it('does not read ahead of a slow device', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new TextEncoder().encode(`{"t":"ready"}\n`));
        },
      },
      { highWaterMark: 0 },
    );
    let seen = 0;
    for await (const _ of readFrames(endless, 1_000)) if (++seen === 10) break;
    expect(pulled).toBeLessThanOrEqual(11);
  });
});

describe('parseFrame', () => {
  test.prop([
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.anything().map((value) => JSON.stringify(value) ?? ''),
    ),
  ])('any text is a frame or a broken stream, nothing else', (line) => {
    try {
      expect(typeof parseFrame(line).t).toBe('string');
    } catch (error) {
      expect(error).toBeInstanceOf(BrokenStreamError);
    }
  });

  it('passes over what a newer server says, and refuses spoiled frames of this protocol', () => {
    expect(parseFrame('{"t":"weather","n":4}')).toEqual({ t: 'unknown', n: 4 });
    expect(() => parseFrame('{"t":"cp","server_time":"now"}')).toThrow('a spoiled cp frame');
    expect(() => parseFrame('{"t":"docs","f":"lessons","d":[{"type":"x","id":"1"}]}')).toThrow(
      'without type, id and token',
    );
    expect(() => parseFrame('{"t":"docs","f":"lessons"}')).toThrow('not a list');
  });
});
