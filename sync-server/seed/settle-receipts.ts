import { createHash } from 'node:crypto';
import { handedInText, receiptCode, type HandedIn, type Receipt } from '#contract/rules/receipts.ts';
import type { Pool } from '../db/sql.ts';
import { signReceipt } from '../sync/evidence.ts';

/** The newest attempts have receipts; older ones are from before there were any. */
const newest = 200;

type Work = HandedIn & Omit<Receipt, 'code' | 'sha256' | 'device_time'> & { client_submitted_at: string };

/** Signs what was handed in last, as the server does when it accepts work. */
export async function settleReceipts(server: Pool): Promise<void> {
  const { rows } = await server.query<{ work: Work }>(
    `select jsonb_build_object('submission_id', s.id, 'student_id', s.student_id, 'assignment_id', s.assignment_id,
       'version', s.version, 'content', s.content, 'links', s.links, 'is_late', s.is_late,
       'client_submitted_at', s.client_submitted_at, 'received_at', s.submitted_at,
       'files', coalesce((select jsonb_agg(jsonb_build_object('id', f.id, 'sha256', f.sha256) order by n.place)
         from unnest(s.file_ids) with ordinality n(id, place) join files f on f.id = n.id), '[]')) as work
     from submissions s order by s.submitted_at desc limit ${newest}`,
  );
  const signed = await Promise.all(
    rows.map(async ({ work }) => ({ id: work.submission_id, receipt: await sign(server, work) })),
  );
  await server.query(
    `update submissions s set receipt = r.receipt
     from jsonb_to_recordset($1::jsonb) as r(id uuid, receipt text) where s.id = r.id`,
    [JSON.stringify(signed)],
  );
}

function sign(server: Pool, { content, links, files, client_submitted_at, ...work }: Work): Promise<string> {
  const sha256 = createHash('sha256').update(handedInText({ content, links, files })).digest('hex');
  const handedIn = new Date(client_submitted_at).toISOString();
  return signReceipt(
    { server },
    {
      ...work,
      code: receiptCode(createHash('sha256').update(`${work.submission_id} ${sha256}`).digest()),
      sha256,
      device_time: { from: handedIn, to: handedIn, anchored: true },
      handed_in_at: handedIn,
      received_at: new Date(work.received_at).toISOString(),
    },
  );
}
