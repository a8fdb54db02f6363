/** Two transactions met, and this one lost; it may simply start over. */
export const isCollision = (error: unknown): boolean =>
  ['40001', '40P01'].includes((error as { code?: string }).code ?? '');

/** How often it is tried before the caller hears of it. */
const tries = 4;

/** Does work that is one transaction, and nothing beside it, again where it lost against another. */
export async function againAfterCollision<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isCollision(error) || attempt === tries) throw error;
    }
  }
}
