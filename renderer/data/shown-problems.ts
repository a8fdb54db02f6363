import { refusalCodes, type RefusalCode } from '#contract/errors.ts';
import type { SyncRejection } from '#contract/tables/company.ts';
import { docKey, type TableName } from '#contract/tables/index.ts';
import type { ProblemRow } from './device-database.ts';
import type { Problem } from './types.ts';

const codeOf = (code: string): RefusalCode => refusalCodes.find((known) => known === code) ?? 'unknown';

/**
 * This device's problems and those the server keeps of the person's other devices, newest first, each once. What they have dealt with on
 * another device is not asked again here.
 */
export function mergeProblems(own: readonly ProblemRow[], rejections: readonly SyncRejection[]): Problem[] {
  const covered = new Set(own.flatMap((problem) => problem.rejections));
  const dealtWith = new Set(rejections.flatMap(({ id, acknowledged_at: at }) => (at === null ? [] : [id])));
  const isOpen = ({ rejections: ids }: ProblemRow): boolean =>
    ids.length === 0 || !ids.every((id) => dealtWith.has(id));
  const mine = own.filter(isOpen).map((problem): Problem => ({
    key: problem.key,
    kind: problem.kind,
    type: problem.type as TableName,
    id: problem.id,
    code: problem.code,
    message: problem.message,
    at: new Date(problem.at),
    mine: problem.mine,
    theirs: problem.theirs,
  }));
  const others = rejections
    .filter((row) => row.acknowledged_at === null && !covered.has(row.id))
    .map((row): Problem => ({
      key: row.id,
      kind: 'refused',
      type: row.collection as TableName,
      id: row.doc_id,
      code: codeOf(row.code),
      message: row.message,
      at: new Date(row.created_at ?? 0),
      mine: row.pushed_doc,
      theirs: null,
    }));
  return [...mine, ...others].toSorted((a, b) => b.at.getTime() - a.at.getTime());
}

/** The problem that concerns a row: its own, or the conflict that shows it as the server's side. */
export const problemAbout = (problems: readonly Problem[], type: string, id: string): Problem | undefined =>
  problems.find((problem) => problem.type === type && (problem.id === id || problem.theirs?.id === id)) ??
  problems.find((problem) => docKey(problem.type, problem.id) === docKey(type, id));
