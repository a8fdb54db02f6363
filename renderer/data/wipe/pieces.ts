import { findTable, type TableName } from '#contract/tables/index.ts';
import type { HeldPiece } from '../types.ts';
import { isOwnWork } from '../sync-state.ts';
import type { HeldWork } from './work.ts';

/** What was kept, piece by piece as a person would name it, with all the text of each. Files stand with what they belong to. */
export function piecesOf(work: HeldWork): HeldPiece[] {
  const names = new Map(
    work.outbox.filter(({ type }) => type === 'files').map(({ id, set }) => [id, String(set['original_name'] ?? '')]),
  );
  const byRow = new Map<string, HeldPiece>();
  for (const row of work.outbox) {
    if (row.type === 'files' || !isOwnWork(row)) continue;
    const before = byRow.get(row.key);
    byRow.set(row.key, {
      key: row.key,
      kind: 'write',
      type: known(row.type),
      at: new Date(row.client_at),
      text: textOf({ ...before?.columns, ...row.set }),
      columns: { ...before?.columns, ...row.set },
      files: filesIn(row.set, names),
    });
  }
  const problems = work.problems.map((problem): HeldPiece => ({
    key: `problem:${problem.key}`,
    kind: 'problem',
    type: known(problem.type),
    at: new Date(problem.at),
    text: textOf(problem.mine),
    columns: problem.mine,
    files: filesIn(problem.mine, names),
  }));
  const drafts = work.drafts.map((draft): HeldPiece => ({
    key: `draft:${draft.key}`,
    kind: 'draft',
    type: null,
    at: new Date(draft.saved_at),
    text: textOf(draft.value),
    columns: {},
    files: filesIn(draft.value, names),
  }));
  return [...byRow.values(), ...problems, ...drafts].toSorted((a, b) => b.at.getTime() - a.at.getTime());
}

const known = (type: string): TableName | null => (findTable(type) ? (type as TableName) : null);

const machine = /^([0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z?)$/i;

/** Every text inside a value, in its order, without ids and times, which nobody wrote. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return machine.test(value) ? '' : value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).filter(Boolean).join('\n');
}

function filesIn(value: unknown, names: ReadonlyMap<string, string>): string[] {
  const ids = (value as { file_ids?: unknown } | null)?.file_ids;
  return Array.isArray(ids) ? ids.flatMap((id) => names.get(String(id)) ?? []) : [];
}
