import { isDeepStrictEqual } from 'node:util';
import { findTable } from '#contract/tables/index.ts';
import type { Evidence, Finding } from './finding.ts';
import { marksIn } from '../tokens.ts';
import type { Places } from './places.ts';
import { storyOf, type Told } from './verdicts.ts';

type Row = Record<string, unknown>;

/** The rows stand as the operations that were accepted say, column by column and class by class. */
export async function findWrongMerges(
  { database, places }: Evidence,
  told: ReadonlyMap<string, Told>,
): Promise<Finding[]> {
  const accepted = [...told.values()].filter(({ kept }) => kept?.verdict === 'ok');
  const byRow = Map.groupBy(accepted, ({ op }) => `${op.type}|${op.id}`);
  const findings: Finding[] = [];
  for (const [type, group] of Map.groupBy(byRow.entries(), ([key]) => key.split('|')[0]!)) {
    const { rows } = await database.server.query<Row & { id: string; is_deleted?: boolean }>(
      `select t.* from ${type} t where id = any($1)`,
      [group.map(([key]) => key.split('|')[1])],
    );
    const there = new Map(rows.map((row) => [row.id, row]));
    for (const [key, ops] of group) {
      const row = there.get(key.split('|')[1]!);
      if (!row) {
        if (mustBeThere(ops)) findings.push({ what: 'lost', text: `${key} was accepted and is not there` });
        continue;
      }
      if (!row['is_deleted'])
        findings.push(
          ...[
            ...judgeRow(
              key,
              row,
              ops.toSorted((a, b) => a.kept!.order - b.kept!.order),
            ),
            ...findDroppedTexts(key, ops, places),
          ].map(({ what, text }) => ({ what, text: `${text}${storyOf({ table: type, id: row.id }, told)}` })),
        );
    }
  }
  return findings;
}

/** Reports beyond a day's limit are thanked for and dropped; everything else that was inserted is there, if only as deleted. */
const mustBeThere = (ops: readonly Told[]): boolean =>
  ops.some(({ op }) => op.base === null && !op.deleted) &&
  !ops.some(({ op }) => op.deleted) &&
  !findTable(ops[0]!.op.type)!.device.pushOnly;

function judgeRow(key: string, row: Row, ops: readonly Told[]): Finding[] {
  const merges = findTable(key.split('|')[0]!)!.device.update ?? {};
  return Object.entries(merges).flatMap(([column, merge]): Finding[] => {
    const writers = ops.filter(({ op }) => column in op.set);
    const wrong = (text: string): Finding[] => [{ what: 'wrong', text: `${key}, ${column}: ${text}` }];
    if (writers.length === 0) return [];
    if (merge === 'lww' || merge === 'text') return beaten(column, row[column], writers, ops).flatMap(wrong);
    if (merge === 'or' && writers.some(({ op }) => op.set[column] === true) && row[column] !== true)
      return wrong('once true, it is not');
    if (merge !== 'max' && merge !== 'min') return [];
    const given = ({ op, kept }: Told) => (merge === 'max' ? believable(op.set[column], kept!.at) : op.set[column]);
    const values = writers.map(given).filter((value) => value !== null);
    const past = values.find((value) =>
      merge === 'max' ? compare(row[column], value) < 0 : row[column] === null || compare(row[column], value) > 0,
    );
    return past === undefined ? [] : wrong(`${String(row[column])} though ${String(past)} was accepted`);
  });
}

/** Of two texts that were written apart one stands; the other is kept where its person finds it. */
function findDroppedTexts(key: string, ops: readonly Told[], places: Places): Finding[] {
  const merges = findTable(key.split('|')[0]!)!.device.update ?? {};
  return ops.flatMap((one): Finding[] =>
    Object.entries(one.op.set).flatMap(([column, text]) => {
      const isContested = ops.some((other) => other.device !== one.device && column in other.op.set);
      if (merges[column] !== 'text' || typeof text !== 'string' || !isContested) return [];
      const isReplaced = ops.some(
        (later) =>
          column in later.op.set &&
          later.kept!.order > one.kept!.order &&
          (later.device === one.device || mayHaveSeen(later, one, ops)),
      );
      const dropped = marksIn(text).filter(({ text: mark }) => !places.get(mark)?.some(({ isThere }) => isThere));
      if (isReplaced || dropped.length === 0) return [];
      return [{ what: 'lost', text: `${key}, ${column}: ${text} of ${one.op.op} lost and is kept nowhere` }];
    }),
  );
}

/** A moment that had not come yet counts as the one at which the server heard of it. */
const believable = (value: unknown, heard: Date): unknown =>
  typeof value === 'string' && Date.parse(value) > heard.getTime() ? heard.toISOString() : value;

const compare = (one: unknown, other: unknown): number => {
  const [a, b] = [one, other].map((value) => (typeof value === 'number' ? value : Date.parse(String(value))));
  return a! - b!;
};

/**
 * The value that stands was beaten: by one of another device that was written later, and that its writer had not seen. Of several
 * writers of the same value one who was not is enough.
 */
function beaten(column: string, value: unknown, writers: readonly Told[], ops: readonly Told[]): string[] {
  const [same, others] = [true, false].map((isSame) =>
    writers.filter(({ op }) => isDeepStrictEqual(op.set[column], value) === isSame),
  ) as [Told[], Told[]];
  const losses = same.map((winner) =>
    others
      .filter((rival) => rival.device !== winner.device && isLater(rival, winner))
      .filter((rival) => rival.kept!.order > winner.kept!.order || !hadSeen(winner, rival, ops))
      .filter((rival) => !cameTooLate(rival, writers))
      .map((rival) => `${JSON.stringify(value)} of ${winner.op.op} stands, ${rival.op.op} was written later`),
  );
  return losses.every((texts) => texts.length > 0) ? (losses.at(-1) ?? []) : [];
}

/** By the times that count, which `readTold` compares with what was sent; in the same moment by the turn. */
const isLater = (one: Told, other: Told): boolean => {
  const [a, b] = [one.kept!, other.kept!];
  return a.writtenAt > b.writtenAt || (a.writtenAt.getTime() === b.writtenAt.getTime() && a.order > b.order);
};

/**
 * Something later of another device was there already, and whatever followed on that device stands over this too: its clock may have
 * been set back in between.
 */
const cameTooLate = (rival: Told, writers: readonly Told[]): boolean =>
  writers.some((one) => one.device !== rival.device && one.kept!.order < rival.kept!.order && isLater(one, rival));

/** As `hadSeen`, but a device whose last word was in front of the writer may have written again since. */
function mayHaveSeen({ op }: Told, other: Told, ops: readonly Told[]): boolean {
  const base = ops.find((one) => one.op.op === op.base);
  return base === undefined ? op.base !== null : base.kept!.order >= other.kept!.order;
}

/** The writer had the other's value, or something later, in front of them; a token the server itself made may be either. */
function hadSeen({ op }: Told, rival: Told, ops: readonly Told[]): boolean {
  const base = ops.find((one) => one.op.op === op.base);
  return base === undefined ? op.base !== null : base.kept!.order >= rival.kept!.order || base.device === rival.device;
}
