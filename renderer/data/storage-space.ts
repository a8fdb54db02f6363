/** True where a write failed because the disk or the browser's share of it is full, however deep that stands. */
export function isQuotaError(error: unknown): boolean {
  for (let cause: unknown = error, depth = 0; cause && depth < 6; depth += 1) {
    const { name, inner, cause: next } = cause as { name?: string; inner?: unknown; cause?: unknown };
    if (name === 'QuotaExceededError') return true;
    cause = inner ?? next;
  }
  return false;
}
