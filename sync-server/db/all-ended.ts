/**
 * Waits until all of these have ended, and only then throws the first failure in their order: nothing may still be sent on a
 * connection that the failure gives back.
 */
export async function allEnded<T extends readonly unknown[]>(
  all: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const ended = await Promise.allSettled(all);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return ended.map((one) => (one as PromiseFulfilledResult<unknown>).value) as {
    -readonly [P in keyof T]: Awaited<T[P]>;
  };
}
