import { docKey } from '#contract/tables/index.ts';
import type { Master, ReplicaDoc } from './documents.ts';

/** One unsent or unanswered write of a row. */
export type Edit = {
  op: string;
  verb: 'insert' | 'update' | 'delete';
  type: string;
  id: string;
  /** Columns the device may write; these are pushed. */
  set: Record<string, unknown>;
  /** What the writer expects the server to decide (a pending status, an attempt number): shown until it answers, never pushed. */
  guess: Record<string, unknown>;
};

/**
 * What a screen reads: the server's row with this device's unsent writes laid over it, in the order they were written.
 * An update of a row that is not there (withdrawn from this person meanwhile) shows nothing.
 */
export function overlay(master: Master, edits: readonly Edit[]): Master {
  return edits.reduce<Master>(lay, master);
}

function lay(row: Master, edit: Edit): Master {
  if (edit.verb === 'delete') return null;
  if (edit.verb === 'update' && !row) return null;
  const under: ReplicaDoc = row ?? { key: docKey(edit.type, edit.id), type: edit.type, id: edit.id, v: edit.op };
  return { ...under, ...edit.guess, ...edit.set, key: under.key, type: under.type, id: under.id, v: edit.op };
}
