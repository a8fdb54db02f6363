export type DiffLine = { sign: '=' | '+' | '-'; text: string };

const wordsOf = (text: string): string[] => text.split('\n');

/**
 * The lines of two texts side by side in reading order: `-` only in the first, `+` only in the second.
 * Longest common subsequence; beyond a million comparisons the differing middle is shown whole instead of aligned.
 */
export const diffLines = (first: string, second: string): DiffLine[] => {
  const a = wordsOf(first);
  const b = wordsOf(second);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ sign: '=', text }));
  return [
    ...same(a.slice(0, start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ];
};

const middle = (a: string[], b: string[]): DiffLine[] => {
  const removed = (lines: string[]): DiffLine[] => lines.map((text) => ({ sign: '-', text }));
  const added = (lines: string[]): DiffLine[] => lines.map((text) => ({ sign: '+', text }));
  if (a.length === 0 || b.length === 0 || a.length * b.length > 1_000_000) return [...removed(a), ...added(b)];
  const common = commonLengths(a, b);
  const width = b.length + 1;
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      out.push({ sign: '=', text: a[i] as string });
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      out.push({ sign: '-', text: a[i] as string });
      i += 1;
    } else {
      out.push({ sign: '+', text: b[j] as string });
      j += 1;
    }
  }
  return [...out, ...removed(a.slice(i)), ...added(b.slice(j))];
};

/** Length of the longest common run of lines from (i, j) on, row by row in one flat array. */
const commonLengths = (a: string[], b: string[]): Uint32Array => {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const below = common[(i + 1) * width + j] ?? 0;
      const beside = common[i * width + j + 1] ?? 0;
      common[i * width + j] = a[i] === b[j] ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(below, beside);
    }
  }
  return common;
};
