import type { Role } from '#contract/roles.ts';
import { accounts } from './accounts.ts';
import { billing } from './billing.ts';
import { care } from './care.ts';
import { content } from './content.ts';
import { core } from './core.ts';
import { desk } from './desk.ts';
import { documents } from './documents.ts';
import { rewards } from './rewards.ts';
import type { Oracle, Rule } from './rule.ts';

/** Every part of the academy says its own rules; a table belongs to one of them, files to each that has some. */
const oracles: readonly Oracle[] = [core, accounts, billing, care, content, desk, documents, rewards];

/** The business rule of one table for people of a role, written without a look at the declaration it is compared with. */
export const ruleOf = (role: Role, table: string): readonly Rule[] =>
  oracles.flatMap((oracle) => [...(oracle.everyone?.[table] ?? []), ...(oracle[role]?.[table] ?? [])]);
