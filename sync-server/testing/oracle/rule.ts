import type { Role } from '#contract/roles.ts';

/**
 * Rows a person may have of one table, said once more in plain SQL: `rows` is a condition on the row `t`, `$1` is the person.
 * `columns`: what such a row shows on the person's devices. `online`: what it shows beside that to a question asked online.
 */
export type Rule = { rows: string; columns?: string; online?: string };
export type Rules = Readonly<Record<string, readonly Rule[]>>;

/** The rules of some tables; `everyone` holds for every role, the others add to it. */
export type Oracle = { everyone?: Rules } & Partial<Record<Role, Rules>>;
