import type { Role } from '#contract/roles.ts';
import { modelTables } from './data-model.ts';

export const verbs = ['select', 'insert', 'update', 'delete'] as const;
export type Verb = (typeof verbs)[number];
/** A person of a role, or nobody. */
export type Caller = Role | 'anonymous';
export type Cell = { table: string; caller: Caller; verb: Verb };

type Counts = { allowed: number; refused: number };
const inModel = new Set(modelTables);

/** What was tried in each cell, and what came out otherwise than it should. */
export class Tally {
  readonly cells = new Map<string, Cell & Counts>();
  readonly wrong: string[] = [];
  allowed = 0;
  refused = 0;

  /** Notes a case that must be allowed. */
  mustAllow(cell: Cell, isAllowed: boolean, what: string): void {
    this.count(cell, 'allowed');
    if (!isAllowed) this.blame(`${nameOf(cell)}: should be allowed, is refused: ${what}`);
  }

  /** Notes a case that must be refused. */
  mustRefuse(cell: Cell, isRefused: boolean, what: string): void {
    this.count(cell, 'refused');
    if (!isRefused) this.blame(`${nameOf(cell)}: should be refused, is allowed: ${what}`);
  }

  blame(sentence: string): void {
    this.wrong.push(sentence);
  }

  casesOf(cell: Cell): Counts {
    return this.cells.get(nameOf(cell)) ?? { allowed: 0, refused: 0 };
  }

  /** Machinery is refused everywhere as well; its tables are tried and not counted as cells. */
  private count(cell: Cell, side: keyof Counts): void {
    this[side] += 1;
    if (!inModel.has(cell.table)) return;
    const counts = this.cells.get(nameOf(cell)) ?? { ...cell, allowed: 0, refused: 0 };
    counts[side] += 1;
    this.cells.set(nameOf(cell), counts);
  }
}

export const nameOf = ({ table, caller, verb }: Cell): string => `${table} · ${caller} · ${verb}`;
