import { at, addDays } from '#contract/rules/dates.ts';
import { handedInText } from '#contract/rules/receipts.ts';
import { createHash } from 'node:crypto';
import { verifyReceipt } from '../../../sync-server/sync/evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import type { Told } from './verdicts.ts';

type Work = {
  id: string;
  student_id: string;
  receipt: string | null;
  is_late: boolean | null;
  client_submitted_at: string;
  submitted_at: string | null;
  files: { id: string; sha256: string }[];
  opened_at: string | null;
  due_days: number;
};

/** Nobody is away for longer here; what a clock that is hours off says, is more. */
const longestMs = 120_000;
/** Lessons that were opened before the seed began were never opened anew, so that what is due is known. */
const longOpenMs = 12 * 3_600_000;

/** The row is written, and dated, a moment before the simulator looks at its own clock. */
const slackMs = 10_000;

const isBetween = (moment: number, { from, to }: { from: string; to: string }): boolean =>
  moment >= at(from) - slackMs && moment <= at(to) + slackMs;

/** Who handed work in was told so: signed, about what was sent, at the time when it was; and late is what came after it was due. */
export async function findWrongReceipts(
  { database, ledger }: Evidence,
  told: ReadonlyMap<string, Told>,
): Promise<Finding[]> {
  const sent = [...told.values()].filter(
    ({ op, kept }) => op.type === 'submissions' && op.base === null && kept?.verdict === 'ok',
  );
  const { rows } = await database.server.query<Work>(
    `select s.id, s.student_id, s.receipt, s.is_late, s.client_submitted_at, s.submitted_at, u.unlocked_at as opened_at, a.due_days,
       array(select json_build_object('id', f.id, 'sha256', f.sha256) from unnest(s.file_ids) with ordinality n(id, place)
             join files f on f.id = n.id order by n.place) as files
     from submissions s join assignments a on a.id = s.assignment_id
     left join user_unlocks u on u.lesson_id = a.lesson_id and u.user_id = s.student_id where s.id = any($1)`,
    [sent.map(({ op }) => op.id)],
  );
  const found: Finding[] = [];
  for (const work of rows) {
    const { op } = sent.find((one) => one.op.id === work.id)!;
    const wrong = (text: string) =>
      found.push({ what: 'wrong', text: `the receipt of submissions ${work.id} ${text}` });
    const receipt = work.receipt === null ? null : await verifyReceipt({ server: database.server }, work.receipt);
    if (!receipt) {
      wrong('is none of ours');
      continue;
    }
    const { content = null, links = [] } = op.set as { content?: string | null; links?: string[] };
    const sha256 = createHash('sha256')
      .update(handedInText({ content, links, files: work.files }))
      .digest('hex');
    if (receipt.sha256 !== sha256 || receipt.submission_id !== work.id || receipt.student_id !== work.student_id)
      wrong(`speaks of something else: ${JSON.stringify(receipt)}`);
    const counts = at(receipt.handed_in_at);
    if (![at(work.client_submitted_at), at(receipt.received_at)].includes(counts) || counts > at(receipt.received_at))
      wrong(`gives a time that nobody told: ${JSON.stringify(receipt)}, ${work.client_submitted_at}`);
    const truly = ledger.moments.get(work.id);
    if (truly !== undefined && Math.abs(counts - truly) > longestMs)
      wrong(`says ${receipt.handed_in_at} of what was handed in at ${new Date(truly).toISOString()}`);
    // Whoever sees an assignment has heard from the server, and so has a time of its to measure from.
    if (!op.evidence) wrong('is of work that was sent without what backs its time');
    if (op.evidence && !receipt.device_time.anchored) wrong('says that nothing backs its time, and something did');
    if (truly !== undefined && receipt.device_time.anchored && !isBetween(truly, receipt.device_time))
      wrong(`gives ${JSON.stringify(receipt.device_time)} of what was handed in at ${new Date(truly).toISOString()}`);
    const isOld = work.opened_at !== null && at(work.opened_at) < Date.now() - longOpenMs;
    const isLate = isOld ? counts > at(addDays(work.opened_at!, work.due_days)) : receipt.is_late;
    if (work.is_late !== isLate || receipt.is_late !== isLate)
      wrong(
        `says ${receipt.is_late ? 'late' : 'in time'}, the row ${String(work.is_late)}, and it was ${String(isLate)}`,
      );
  }
  return found;
}
