import type { Discount, Enrolled } from '#contract/api/accounts.ts';
import { discountPercent, feeAfter } from '#contract/rules/fees.ts';
import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';
import { answerOf, createSchedule } from '../billing/index.ts';
import type { Target } from './enrolment-target.ts';
import { auditStaff, type StaffCall } from './staff-command.ts';

export type EnrolmentTerms = {
  installment_count?: number | undefined;
  total_amount?: number | undefined;
  discount?: Discount | undefined;
  overrides?:
    | { drip_enabled?: boolean | null | undefined; sequential_enabled?: boolean | null | undefined }
    | undefined;
};

type BillingSettings = {
  original_fee_amount: number;
  maximum_installment_count: number;
  em_discount_limit_percent: number;
  currency: string;
};

/**
 * Enrols a student (workflows 3.4 steps 4 to 8): price and its snapshot, discount within the caller's right, access period, the fee
 * gate of something free, and the invoices. Status and lessons are the caller's to settle afterwards.
 */
export async function enrol(
  call: StaffCall,
  student: string,
  target: Target,
  terms: EnrolmentTerms,
): Promise<Enrolled> {
  const { tx, deps, actor, now, requestId } = call;
  await requireNewEnrolment(tx, student, target);
  const settings = await readBillingSettings(tx);
  const base = readBase(call, target, terms, settings);
  requireDiscountRight(call, base, terms.discount, settings);
  const total = feeAfter(base, terms.discount);
  const installments = readInstallments(target, terms, settings);
  const currency = target.price === null ? settings.currency : target.currency;
  const inserted = await insertEnrolment(tx, { student, target, terms, base, total, currency, now });
  await keepTerms(tx, student, { ...terms, total, installments });
  await auditEnrolment(call, student, inserted.enrollment_id, target, { base, total, discount: terms.discount });
  const billed = {
    id: inserted.enrollment_id,
    studentId: student,
    total,
    currency,
    installments,
    batchStart: target.batch_start,
  };
  const invoices = await createSchedule(tx, deps, billed, { actor: actor.id, requestId });
  return { ...inserted, total_amount: total, currency, invoices: invoices.map(answerOf) };
}

/** One per thing, and no course beside a pathway that holds it (workflows 3.8). Throws CONFLICT (`DUPLICATE_ENROLLMENT`). */
async function requireNewEnrolment(tx: Tx, student: string, target: Target): Promise<void> {
  const { rowCount } = await tx.query(
    `select from course_enrollments e
     where e.student_id = $1 and (e.pathway_id = $2 or e.course_id = $3
       or not e.is_deleted and e.status in ('active', 'paused') and exists (
         select from pathway_courses s where s.pathway_id = e.pathway_id and s.course_id = $3 and not s.is_deleted))`,
    [student, target.pathway_id, target.course_id],
  );
  if (rowCount)
    throw new AppError('CONFLICT', {
      message: 'The student has this already. An enrolment that was ended can be reactivated.',
      details: { reason: 'DUPLICATE_ENROLLMENT' },
    });
}

async function readBillingSettings(tx: Tx): Promise<BillingSettings> {
  const { rows } = await tx.query<BillingSettings>(
    'select original_fee_amount, maximum_installment_count, em_discount_limit_percent, currency from billing_settings',
  );
  return rows[0]!;
}

function readBase({ actor }: StaffCall, target: Target, terms: EnrolmentTerms, settings: BillingSettings): number {
  if (terms.total_amount === undefined) return target.price ?? settings.original_fee_amount;
  if (actor.role === 'enrollment_manager') throw new AppError('PERMISSION_DENIED');
  return terms.total_amount;
}

function requireDiscountRight(
  { actor }: StaffCall,
  base: number,
  discount: Discount | undefined,
  { em_discount_limit_percent: limit }: BillingSettings,
): void {
  if (!discount) return;
  if (discount.type === 'percentage' && discount.value > 100)
    throw new AppError('INVALID_INPUT', { details: [{ path: 'discount.value', message: 'At most 100 percent.' }] });
  if (actor.role !== 'enrollment_manager' || discountPercent(base, discount) <= limit) return;
  throw new AppError('PERMISSION_DENIED', {
    message: 'This discount needs the approval of an admin.',
    details: { reason: 'DISCOUNT_LIMIT', limit_percent: limit },
  });
}

function readInstallments(target: Target, terms: EnrolmentTerms, settings: BillingSettings): number {
  const most = target.max_installments ?? settings.maximum_installment_count;
  const wanted = terms.installment_count ?? 1;
  if (wanted <= most) return wanted;
  const details = [{ path: 'installment_count', message: `At most ${most} parts.` }];
  throw new AppError('INVALID_INPUT', { details });
}

type NewEnrolment = {
  student: string;
  target: Target;
  terms: EnrolmentTerms;
  base: number;
  total: number;
  currency: string;
  now: Date;
};

async function insertEnrolment(tx: Tx, { student, target, terms, base, total, currency, now }: NewEnrolment) {
  const { discount, overrides = {} } = terms;
  const source =
    target.price === null || terms.total_amount !== undefined
      ? 'legacy_total'
      : target.pathway_id
        ? 'pathway'
        : 'course';
  const { rows } = await tx.query<{ enrollment_id: string; payment_status: string; access_expires_at: string | null }>(
    `insert into course_enrollments (student_id, course_id, pathway_id, current_course_id, batch_id, enrollment_source, enrolled_at,
       access_expires_at, payment_status, total_amount, discount_amount, discount_percentage, discount_reason,
       drip_override, drip_enabled, sequential_override, sequential_enabled,
       snapshot_price, snapshot_currency, snapshot_source, snapshot_taken_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7::timestamptz + make_interval(days => $8), $9, $10, $11, $12, $13,
       $14, $15, $16, $17, $18, $19, $20, $7)
     returning id as enrollment_id, payment_status, access_expires_at`,
    [
      student,
      target.course_id,
      target.pathway_id,
      target.first_course_id,
      target.batch_id,
      target.pathway_id ? 'pathway' : 'direct',
      now,
      target.access_duration_days,
      total === 0 ? 'waived' : 'pending',
      total,
      discount?.type === 'fixed' ? discount.value : 0,
      discount?.type === 'percentage' ? discount.value : 0,
      discount?.reason ?? null,
      overrides.drip_enabled !== undefined && overrides.drip_enabled !== null,
      overrides.drip_enabled ?? null,
      overrides.sequential_enabled !== undefined && overrides.sequential_enabled !== null,
      overrides.sequential_enabled ?? null,
      base,
      currency,
      source,
    ],
  );
  return rows[0]!;
}

/** The student's own row repeats the terms of the latest enrolment; nothing more is owed when that is free and the others are paid. */
async function keepTerms(
  tx: Tx,
  student: string,
  { total, installments, discount }: EnrolmentTerms & { total: number; installments: number },
): Promise<void> {
  await tx.query(
    `update students s set final_fee_amount = $2, installment_count = $3, discount_amount = $4, discount_percentage = $5,
       fees_cleared = not exists (
         select from course_enrollments e where e.student_id = s.id and not e.is_deleted and e.status = 'active'
           and e.payment_status not in ('paid', 'waived'))
     where s.id = $1`,
    [
      student,
      total,
      installments,
      discount?.type === 'fixed' ? discount.value : 0,
      discount?.type === 'percentage' ? discount.value : 0,
    ],
  );
}

async function auditEnrolment(
  call: StaffCall,
  student: string,
  id: string,
  target: Target,
  { base, total, discount }: { base: number; total: number; discount: Discount | undefined },
): Promise<void> {
  const { course_id, pathway_id, batch_id } = target;
  await auditStaff(call, {
    entity: 'enrollment',
    id,
    action: pathway_id ? 'pathway_enrolled' : 'course_enrolled',
    about: student,
    data: { after: { course_id, pathway_id, batch_id, total } },
  });
  if (discount)
    await auditStaff(call, {
      entity: 'enrollment',
      id,
      action: 'discount_applied',
      about: student,
      data: { base, discount, final: total },
    });
}
