import type { Dice } from '../../sync-server/testing/oracle/world.ts';

/** How often a line of a stream is not what was sent, while the line is bad. */
const share = 0.2;

/**
 * What a bad proxy makes of a stream: whole lines get lost, come twice or change places, one ends in the middle and the next
 * begins there; and everything comes in other pieces than it was sent in.
 */
export function tearLines(
  dice: Dice,
  isBad: () => boolean,
  tally: (fault: string) => void,
): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let tail = '';
  let held: string | null = null;

  const fateOf = (line: string): string[] => {
    const before = held;
    held = null;
    const rest = before === null ? [] : [before];
    if (!isBad() || !dice.chance(share)) return [line, ...rest];
    const fault = dice.pick(['line lost', 'line lost', 'line twice', 'line later', 'line torn'] as const);
    tally(fault);
    if (fault === 'line lost') return rest;
    if (fault === 'line twice') return [line, line, ...rest];
    if (fault === 'line torn') return [line.slice(0, dice.int(line.length)), ...rest];
    held = line;
    return rest;
  };

  return new TransformStream({
    transform(chunk, controller) {
      const lines = (tail + decoder.decode(chunk, { stream: true })).split('\n');
      tail = lines.pop()!;
      for (const line of lines)
        for (const out of fateOf(line)) {
          const bytes = encoder.encode(`${out}\n`);
          const half = isBad() ? dice.int(bytes.length + 1) : 0;
          if (half > 0) controller.enqueue(bytes.subarray(0, half));
          if (half < bytes.length) controller.enqueue(bytes.subarray(half));
        }
    },
    flush(controller) {
      if (tail !== '') controller.enqueue(encoder.encode(tail));
    },
  });
}
