import type { z } from 'zod';

/** A route of storage as the HTTP document tells of it; `body` is for readers, the route itself reads what came. */
export const described = <Body extends z.ZodType>(summary: string, body?: Body) => ({
  schema: { tags: ['storage'], summary, security: [{ session: [] }], ...(body ? { body } : {}) },
  validatorCompiler: () => (value: unknown) => ({ value }),
});

/** The same for a route that asks for no session: its address proves itself, or it is for everybody. */
export const describedOpen = (summary: string) => ({
  schema: { tags: ['storage'], summary, security: [] },
  config: { access: 'anyone' as const },
});
