import {
  decidedProofSchema,
  decidePaymentProofSchema,
  submitPaymentProofSchema,
  submittedProofSchema,
} from '#contract/api/billing.ts';
import { calendarDay } from '#contract/rules/dates.ts';
import { formatMoney } from '#contract/rules/money.ts';
import { remainingOf } from '#contract/rules/owing.ts';
import { isPayable } from '#contract/rules/payments.ts';
import type { PaymentProof } from '#contract/tables/billing.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CallInTransaction } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';
import { readBillingFacts } from './facts.ts';
import { findStudentOf, lockMoney, readInvoice, unknownInvoice } from './invoices.ts';
import { lockPayable, pay } from './mark-paid.ts';
import { notifyStaff, readDebtor } from './messages.ts';
import { linkToProof, requireProofs } from './proof-files.ts';
import { notPayable } from './record-payment.ts';

/** "I have paid" (workflows 3.11), also by a student whose account is limited. One claim waits per invoice. */
export const submitPaymentProof = defineCommand({
  name: 'submit-payment-proof',
  summary: 'Tell the team that an own invoice was paid, with proof',
  input: submitPaymentProofSchema,
  output: submittedProofSchema,
  roles: ['student'],
  writes: true,
  once: async ({ tx, deps, actor, now }, { invoice_id, proof_id, paid_on, ...claim }) => {
    if ((await findStudentOf(tx, invoice_id)) !== actor.id) throw unknownInvoice();
    await lockMoney(tx, actor.id);
    const invoice = await readInvoice(tx, invoice_id);
    if (!isPayable(invoice.status)) throw notPayable();
    const { timezone } = await readBillingFacts(tx);
    if (paid_on > calendarDay(now.toISOString(), timezone))
      throw new AppError('INVALID_INPUT', { details: [{ path: 'paid_on', message: 'It lies ahead.' }] });
    await requireProofs(tx, claim.proofs, actor.id, actor.id);
    const amount = claim.amount ?? remainingOf(invoice);
    const { rows } = await tx.query<{ id: string }>(
      `insert into payment_proofs (id, student_id, invoice_id, amount, payment_method, paid_on, reference, file_ids)
         select coalesce($1, app_uuid7()), $2, $3, $4, $5, $6, $7, $8
         where not exists (select from payment_proofs where invoice_id = $3 and status = 'submitted' and not is_deleted)
         on conflict (id) do nothing returning id`,
      [
        proof_id ?? null,
        actor.id,
        invoice_id,
        amount,
        claim.payment_method,
        paid_on,
        claim.reference ?? null,
        claim.proofs,
      ],
    );
    const id = rows[0]?.id;
    if (!id)
      throw new AppError('CONFLICT', {
        message: 'A proof for this invoice is waiting already.',
        details: { reason: 'PROOF_WAITING' },
      });
    await linkToProof(tx, claim.proofs, id);
    const debtor = await readDebtor(tx, actor.id);
    const fields = { student_name: debtor.name, amount: formatMoney(amount, invoice.currency) };
    const message = {
      template: 'payment_proof_received',
      fields,
      link: `invoice/${invoice_id}`,
      dedupe: `payment_proof:${id}`,
    } as const;
    await notifyStaff(tx, deps, message, actor.id);
    return { proof_id: id, status: 'submitted' as const };
  },
});

/** Accepting is recording the payment with these proofs; rejecting says why. Whoever may record the payment decides. */
export const decidePaymentProof = defineCommand({
  name: 'decide-payment-proof',
  summary: 'Accept or reject a proof of payment',
  input: decidePaymentProofSchema,
  output: decidedProofSchema,
  roles: ['enrollment_manager', 'admin', 'superadmin'],
  writes: true,
  privileged: true,
  once: async (call, input) => {
    const { tx } = call;
    const claimed = await readProof(tx, input.proof_id);
    const waives = input.decision === 'accepted' && input.waive_penalty;
    const invoice = await lockPayable(call, claimed.invoice_id, waives);
    const proof = await readProof(tx, input.proof_id);
    if (proof.status !== 'submitted')
      throw new AppError('CONFLICT', {
        message: 'This proof was decided already.',
        details: { status: proof.status },
      });
    if (input.decision === 'rejected') {
      await decide(call, proof, 'rejected', input.reason, null);
      await tellRejected(call, proof, input.reason);
      return { proof_id: proof.id, status: 'rejected' as const, receipt_number: null };
    }
    if (!isPayable(invoice.status)) throw notPayable();
    const whole = remainingOf({ ...invoice, penalty_amount: waives ? 0 : invoice.penalty_amount });
    const recorded = await pay(call, invoice, {
      payment_date: proof.paid_on,
      payment_method: proof.payment_method,
      transaction_id: proof.reference ?? undefined,
      notes: input.notes,
      waive_penalty: waives,
      amount: proof.amount === remainingOf(invoice) ? whole : proof.amount,
      proofs: proof.file_ids,
    });
    await decide(call, proof, 'accepted', null, recorded.id);
    return { proof_id: proof.id, status: 'accepted' as const, receipt_number: recorded.receipt_number };
  },
});

type Proof = Omit<PaymentProof, 'key' | 'type'>;

async function readProof(tx: Tx, id: string): Promise<Proof> {
  const { rows } = await tx.query<Proof>('select * from payment_proofs where id = $1 and not is_deleted', [id]);
  if (!rows[0]) throw new AppError('NOT_FOUND');
  return rows[0];
}

async function decide(
  { tx, deps, actor, now, requestId }: CallInTransaction,
  proof: Proof,
  status: 'accepted' | 'rejected',
  reason: string | null,
  payment: string | null,
): Promise<void> {
  await tx.query(
    'update payment_proofs set status = $2, reason = $3, payment_id = $4, decided_by = $5, decided_at = $6 where id = $1',
    [proof.id, status, reason, payment, actor.id, now],
  );
  await writeAudit(tx, deps, {
    actor: actor.id,
    entity: 'payment_proof',
    id: proof.id,
    action: `payment_proof_${status}`,
    about: proof.student_id,
    summary: reason ?? '',
    data: { invoice_id: proof.invoice_id, amount: proof.amount, payment_id: payment },
    request: requestId,
  });
}

async function tellRejected({ tx, deps }: CallInTransaction, proof: Proof, reason: string): Promise<void> {
  const { name } = await readDebtor(tx, proof.student_id);
  const fields = { name, reason };
  const message = {
    template: 'payment_proof_rejected',
    to: proof.student_id,
    fields,
    link: `invoice/${proof.invoice_id}`,
    dedupe: `payment_proof_rejected:${proof.id}`,
  } as const;
  await notify(tx, deps, message);
  await queueOutside(tx, deps, message);
}
