import type { RefusalCode } from '#contract/errors.ts';
import type { OperationVerdict } from '#contract/protocol.ts';
import type { OutboxRow, ProblemRow, UploadRow } from './device-database.ts';
import { masterOf } from './documents.ts';

/** A submission that came after the mentor's decision. */
export const isDecided = ({ type, code }: ProblemRow): boolean =>
  type === 'submissions' && (code === 'already_reviewed' || code === 'already_approved');

export const isSameConflict = (known: ProblemRow, problem: ProblemRow): boolean =>
  known.kind === 'conflict' && known.type === problem.type && known.id === problem.id;

export function problemOf(
  row: OutboxRow,
  verdict: Extract<OperationVerdict, { s: 'refused' | 'conflict' }>,
  now: Date,
): ProblemRow {
  const refused = verdict.s === 'refused';
  return {
    key: refused ? verdict.rejection_id : row.op,
    kind: verdict.s,
    type: row.type,
    id: row.id,
    verb: row.verb,
    code: refused ? verdict.code : 'stale',
    message: refused ? verdict.message : '',
    at: now.toISOString(),
    mine: row.set,
    theirs: verdict.doc ? masterOf(verdict.doc) : null,
    rejections: refused ? [verdict.rejection_id] : [],
  };
}

const fileCodes: Record<number, RefusalCode> = { 403: 'not_allowed', 413: 'too_large', 415: 'file_type' };

/** A file whose bytes were refused; the work that names it waits until the person replaces or removes it. */
export function fileProblem(row: UploadRow, status: number, mine: Record<string, unknown>, at: Date): ProblemRow {
  return {
    key: `file:${row.file_id}`,
    kind: 'refused',
    type: 'files',
    id: row.file_id,
    verb: 'insert',
    code: fileCodes[status] ?? 'invalid',
    message: '',
    at: at.toISOString(),
    mine,
    theirs: null,
    rejections: [],
  };
}
