import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { verifiedReceiptSchema, verifyReceiptSchema, type VerifiedReceipt } from '#contract/api/receipts.ts';
import { roles } from '#contract/roles.ts';
import type { Receipt } from '#contract/rules/receipts.ts';
import type { Submission } from '#contract/tables/submissions.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { addCommand, defineCommand } from '../../http/commands.ts';
import { evidenceKeys, verifyReceipt } from '../../sync/evidence.ts';
import { hashOfWork } from './receipts.ts';

const nothing: VerifiedReceipt = { valid: false, receipt: null, work: null };

/** Tells whether a receipt is ours, and compares it with the work where the asking person may read that. */
const verify = defineCommand({
  name: 'verify-receipt',
  summary: 'Is this receipt of handed-in work ours, and is the work still what it says?',
  input: verifyReceiptSchema,
  output: verifiedReceiptSchema,
  roles,
  writes: false,
  async run({ actor, deps }, { receipt: token }) {
    const receipt = await verifyReceipt(deps, token);
    if (!receipt) return nothing;
    return asActor(deps.people, actor, async (tx) => ({ valid: true, receipt, work: await compare(tx, receipt) }));
  },
});

type Work = Pick<Submission, 'content' | 'links' | 'file_ids'>;

async function compare(tx: Tx, receipt: Receipt): Promise<'same' | 'changed' | 'unseen'> {
  const { rows } = await tx.query<Work>(
    'select content, links, file_ids from submissions where id = $1 and student_id = $2',
    [receipt.submission_id, receipt.student_id],
  );
  if (!rows[0]) return 'unseen';
  return (await hashOfWork(tx, rows[0])) === receipt.sha256 ? 'same' : 'changed';
}

/** The public keys of receipts, and the check of one. */
export function receiptRoutes(app: FastifyInstance, deps: Deps): void {
  addCommand(app, deps, verify);
  app.withTypeProvider<ZodTypeProvider>().get(
    '/receipts/v1/jwks.json',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['receipts'],
        summary: 'Public keys by which anybody can verify a receipt, those of earlier years too',
        response: { 200: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return evidenceKeys(deps).jwks();
    },
  );
}
