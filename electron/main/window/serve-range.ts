/** A byte range of something `size` bytes long, both ends inclusive. */
export type ByteRange = { start: number; end: number };

/**
 * Reads a Range header. `null` = no (usable) header, send everything; `'unsatisfiable'` = answer 416.
 * Only single ranges are served, as browsers ask for media.
 */
export function readRange(header: string | null, size: number): ByteRange | null | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (!match[1] && !match[2])) return null;
  const [, from = '', to = ''] = match;
  const start = from ? Number(from) : Math.max(0, size - Number(to));
  const end = from && to ? Math.min(Number(to), size - 1) : size - 1;
  return start >= size || start > end ? 'unsatisfiable' : { start, end };
}

/** Status and headers for a whole or partial answer. */
export function rangeHead(
  header: string | null,
  size: number,
): { status: 200 | 206 | 416; range: ByteRange; headers: Record<string, string> } {
  const range = readRange(header, size);
  if (range === 'unsatisfiable')
    return { status: 416, range: { start: 0, end: -1 }, headers: { 'content-range': `bytes */${size}` } };
  const { start, end } = range ?? { start: 0, end: size - 1 };
  return {
    status: range ? 206 : 200,
    range: { start, end },
    headers: {
      'accept-ranges': 'bytes',
      'content-length': String(end - start + 1),
      ...(range && { 'content-range': `bytes ${start}-${end}/${size}` }),
    },
  };
}
