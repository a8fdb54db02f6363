import type { OperationVerdict } from '#contract/protocol.ts';
import type { TableName } from '#contract/tables/index.ts';
import type { DeviceDatabase, OutboxRow, ProblemRow } from './device-database.ts';
import { isDecided, isSameConflict, problemOf } from './problem-rows.ts';
import { cell, type Cell } from './store.ts';
import type { DocOf, Selector } from './types.ts';

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
        theirs: latest ?? problem.theirs,
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
