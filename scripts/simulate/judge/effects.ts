import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Evidence, Finding } from './finding.ts';

/** Each question finds what must not be: rows whose consequences happened not at all, twice, or too early. */
const questions: Record<string, string> = {
  'work that was handed in and entered in the log other than once': `
    select s.id from submissions s left join user_activity_logs l on l.reference_id = s.id and l.activity_type = 'assignment_submitted'
    where exists (select from sync_ops o where o.row_id = s.id and 'content' = any(o.columns))
    group by s.id having count(l.id) <> 1`,
  'attempts with a number that is taken, or with one left out': `
    select s.student_id as id from submissions s group by s.student_id, s.assignment_id
    having count(*) <> count(distinct s.version) or max(s.version) <> count(*)`,
  'tickets entered in the log other than once': `
    select t.id from support_tickets t left join user_activity_logs l on l.reference_id = t.id and l.activity_type = 'support_ticket_created'
    where exists (select from sync_ops o where o.row_id = t.id and 'student_id' = any(o.columns))
    group by t.id having count(l.id) <> 1`,
  'tickets without a number, or with one that is taken': `
    select t.id from support_tickets t where exists (select from sync_ops o where o.row_id = t.id and 'student_id' = any(o.columns))
      and (t.ticket_number is null or exists (select from support_tickets o where o.ticket_number = t.ticket_number and o.id <> t.id))`,
  'conversations with other entries in the log than messages': `
    select m.thread_id as id from messages m where m.client_at is not null group by m.thread_id, m.user_id
    having count(*) <> (select count(*) from user_activity_logs l
                        where l.activity_type = 'message_sent' and l.reference_id = m.thread_id and l.user_id = m.user_id)`,
  'work that was taken before its files were there': `
    select s.id from submissions s join files f on f.id = any(s.file_ids)
    where s.client_at is not null and f.status <> 'ready'
    union all select id from simulation.early_work`,
  'work whose state is not what was decided last': `
    select s.id from submissions s
    join lateral (select r.decision from submission_reviews r
                  where r.submission_id = s.id and r.outcome = 'applied' and r.decision in ('approved', 'declined', 'reopened')
                  order by r.created_at desc, r.id desc limit 1) last on true
    where s.status <> case last.decision when 'reopened' then 'pending' else last.decision end
      and s.status <> 'withdrawn' and not s.is_deleted`,
  'work that was decided twice': `
    select r.submission_id as id from submission_reviews r join users u on u.id = r.reviewer_id
    where r.outcome = 'applied' and r.decision in ('approved', 'declined')
    group by r.submission_id having count(*) > 1
      and not bool_or(u.role in ('admin', 'superadmin') and r.decision = 'declined')`,
};

/** What follows from what devices wrote happened once, and not before its time. */
export async function findWrongEffects({ database, ledger, filesDir }: Evidence): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [what, question] of Object.entries(questions)) {
    const { rows } = await database.server.query<{ id: string }>(question);
    for (const { id } of rows) findings.push({ what: 'wrong', text: `${what}: ${id}` });
  }
  const { rows: made } = await database.server.query<{ reason: string; count: number }>(
    'select notes as reason, count(*)::int as count from invoices where notes = any($1) group by notes',
    [[...ledger.orders.keys()]],
  );
  const invoices = new Map(made.map(({ reason, count }) => [reason, count]));
  for (const [reason, answer] of ledger.orders) {
    const count = invoices.get(reason) ?? 0;
    if (count > 1)
      findings.push({ what: 'twice', text: `an order that was given again was carried out ${count} times: ${reason}` });
    if (count === 0 && answer === 'made')
      findings.push({ what: 'lost', text: `an order that was carried out has left nothing: ${reason}` });
  }
  const { rows: files } = await database.server.query<{ id: string; sha256: string }>(
    "select id, sha256 from files where id = any($1) and status = 'ready' and not is_deleted",
    [[...ledger.files.keys()]],
  );
  const there = files.length > 0 ? hashesUnder(filesDir) : new Set();
  for (const { id, sha256 } of files)
    if (ledger.files.get(id) !== sha256 || !there.has(sha256))
      findings.push({ what: 'lost', text: `the bytes of file ${id} are not what was picked` });
  return findings;
}

const hashesUnder = (folder: string): Set<string> =>
  new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        createHash('sha256')
          .update(readFileSync(path.join(entry.parentPath, entry.name)))
          .digest('hex'),
      ),
  );
