import type { OperationVerdict } from '#contract/protocol.ts';
import { docKey, type TableName } from '#contract/tables/index.ts';
import type { RefusalCode } from '#contract/errors.ts';
import type { Submission } from '#contract/tables/submissions.ts';
import type { SyncRejection } from '#contract/tables/company.ts';
import { refusalCodes } from '#contract/errors.ts';
import type { DeviceDatabase, OutboxRow, ProblemRow, UploadRow } from './device-database.ts';
import { masterOf } from './documents.ts';
import { cell, type Cell } from './store.ts';
import type { DocOf, Problem, Selector } from './types.ts';

export type Refusal = { row: OutboxRow; verdict: OperationVerdict };

/** What the server did not take, with its content, until the person is done with it (screens 3.3, 3.4). */
export type Problems = {
  rows: Cell<readonly ProblemRow[]>;
  /** Keeps refusals and conflicts; the same verdict twice is kept once. Call inside a turn. */
  record(refusals: readonly Refusal[]): Promise<void>;
  /** Keeps one that no operation caused: a file whose bytes the server will never take. */
  add(problem: ProblemRow): Promise<void>;
  remove(key: string): Promise<void>;
};

export type ProblemParts = {
  device: DeviceDatabase;
  now: () => Date;
  find<T extends TableName>(type: T, selector: Selector): Promise<DocOf<T>[]>;
};

export async function openProblems({ device, now, find }: ProblemParts): Promise<Problems> {
  const rows = cell<readonly ProblemRow[]>(await device.problems.orderBy('at').toArray());

  async function keep(problem: ProblemRow, replaced: readonly string[] = []): Promise<void> {
    const gone = replaced.filter((key) => key !== problem.key);
    await device.transaction('rw', device.problems, async () => {
      await device.problems.bulkDelete(gone);
      await device.problems.put(problem);
    });
    const left = rows.get().filter(({ key }) => key !== problem.key && !gone.includes(key));
    rows.set([...left, problem]);
  }

  async function recordOne({ row, verdict }: Refusal): Promise<void> {
    if (verdict.s !== 'refused' && verdict.s !== 'conflict') return;
    const problem = problemOf(row, verdict, now());
    if (isDecided(problem)) return recordReviewed(problem);
    const earlier =
      problem.kind === 'conflict' ? rows.get().find((known) => isSameConflict(known, problem)) : undefined;
    if (!earlier) return keep(problem);
    const mine = { ...earlier.mine, ...problem.mine };
    return keep({ ...problem, key: earlier.key, at: earlier.at, mine });
  }

  /**
   * The student withdrew or revised offline what the mentor had decided meanwhile (screens 3.3 a): withdrawal and new attempt
   * come back as two refusals, but they are one question.
   */
  async function recordReviewed(problem: ProblemRow): Promise<void> {
    const assignment = await assignmentOf(problem);
    const same = assignment
      ? await Promise.all(rows.get().map(async (known) => ((await assignmentOf(known)) === assignment ? known : null)))
      : [];
    const related = same.filter((known): known is ProblemRow => known !== null && isDecided(known));
    const attempts = assignment ? await find('submissions', { assignment_id: assignment }) : [];
    const latest = attempts
      .filter(({ id, version }) => id !== problem.id && version !== undefined)
      .toSorted((a, b) => b.version - a.version)[0];
    // The new attempt is what the person wants to save; the withdrawal alone says nothing beyond it.
    const own = [problem, ...related].find(({ verb }) => verb === 'insert') ?? problem;
    await keep(
      {
        ...own,
        kind: 'conflict',
        theirs: theirsOf(problem, latest),
        rejections: [...new Set([problem, ...related].flatMap(({ rejections }) => rejections))],
      },
      [problem, ...related].map(({ key }) => key),
    );
  }

  async function assignmentOf(problem: ProblemRow): Promise<string | null> {
    if (problem.type !== 'submissions') return null;
    const named = problem.mine.assignment_id ?? problem.theirs?.assignment_id;
    return typeof named === 'string' ? named : null;
  }

  return {
    rows,
    async record(refusals) {
      for (const refusal of refusals) await recordOne(refusal);
    },
    add: (problem) => keep(problem),
    async remove(key) {
      await device.problems.delete(key);
      rows.set(rows.get().filter((problem) => problem.key !== key));
    },
  };
}

const theirsOf = (problem: ProblemRow, latest: Submission | undefined): Record<string, unknown> | null =>
  latest ?? problem.theirs;

/** A submission that came after the mentor's decision. */
const isDecided = ({ type, code }: ProblemRow): boolean =>
  type === 'submissions' && (code === 'already_reviewed' || code === 'already_approved');

const isSameConflict = (known: ProblemRow, problem: ProblemRow): boolean =>
  known.kind === 'conflict' && known.type === problem.type && known.id === problem.id;

function problemOf(
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

const codeOf = (code: string): RefusalCode => refusalCodes.find((known) => known === code) ?? 'unknown';

/** This device's problems and those the server keeps of the person's other devices, newest first, each once. */
export function mergeProblems(own: readonly ProblemRow[], rejections: readonly SyncRejection[]): Problem[] {
  const covered = new Set(own.flatMap((problem) => problem.rejections));
  const mine = own.map((problem): Problem => ({
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
