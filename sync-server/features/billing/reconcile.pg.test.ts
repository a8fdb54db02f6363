import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { reconciliationKinds } from '#contract/api/reconciliation.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { callCommand, codeOf, openOffice, type Office } from '../../testing/office.ts';
import { createPathway, type Person } from '../../testing/people.ts';
import { detectBillingDrift } from './detect-drift.ts';
import { reconcileFinding, settleFinding, undoReconciliation } from './reconcile.ts';

let academy: Academy;
let office: Office;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T03:00:00.000Z');
  office = await openOffice(academy);
});

const night = () => detectBillingDrift.run({}, academy.deps);
const finding = async () =>
  (
    await academy.rows<{ id: string; status: string; difference: number; details: Record<string, string[]> }>(
      'select id, status, difference, details from billing_drift_findings where student_id = $1 order by detected_at desc, id desc limit 1',
      [office.student.id],
    )
  )[0];
const reconcile = async (action: (typeof reconciliationKinds)[number], actor: Person = office.sana) =>
  callCommand(academy, actor, reconcileFinding, { finding_id: (await finding())!.id, action });
const statuses = () =>
  academy
    .rows<{ status: string }>('select status from invoices where student_id = $1 order by installment_number', [
      office.student.id,
    ])
    .then((rows) => rows.map(({ status }) => status));

describe('the billing check', () => {
  test('finds nothing in order, and what a hand broke; it follows the facts and clears itself', async () => {
    await night();
    expect(await finding()).toBeUndefined();
    await academy.rows('update course_enrollments set total_amount = 900000 where id = $1', [office.enrolment]);
    await night();
    expect(await finding()).toMatchObject({ status: 'open', difference: 100_000 });
    await academy.rows('update course_enrollments set total_amount = 800000 where id = $1', [office.enrolment]);
    await night();
    expect(await finding()).toMatchObject({ status: 'open', difference: 200_000 });
    expect(
      await academy.rows('select from billing_drift_findings where student_id = $1', [office.student.id]),
    ).toHaveLength(1);
    await academy.rows('update course_enrollments set total_amount = 1000000 where id = $1', [office.enrolment]);
    await night();
    expect(await finding()).toMatchObject({ status: 'cleared' });
  });

  test('sums are worked out anew', async () => {
    await academy.rows('update course_enrollments set total_amount = 900000 where id = $1', [office.enrolment]);
    await night();
    expect(await reconcile('resync_enrollment_total')).toMatchObject({ finding_status: 'resolved' });
    expect(await academy.rows('select total_amount from course_enrollments where id = $1', [office.enrolment])).toEqual(
      [{ total_amount: 1_000_000 }],
    );
  });

  test('open invoices of an enrolment that ended are cancelled, and come back by undo, once and within a week', async () => {
    await academy.rows("update course_enrollments set status = 'cancelled' where id = $1", [office.enrolment]);
    await night();
    expect((await finding())!.details['orphans']).toHaveLength(3);
    const { action_id } = await reconcile('delete_orphan_invoices');
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect((await reconcile('delete_orphan_invoices')).action_id).toBe(action_id);
    const undo = () => callCommand(academy, office.sana, undoReconciliation, { action_id });
    await undo();
    expect(await statuses()).toEqual(['pending', 'scheduled', 'scheduled']);
    expect((await finding())!.status).toBe('open');
    expect(await codeOf(undo())).toBe('CONFLICT');
    const again = await reconcile('delete_orphan_invoices');
    academy.clock.set('2027-03-08T03:00:01.000Z');
    expect(await codeOf(callCommand(academy, office.sana, undoReconciliation, { action_id: again.action_id }))).toBe(
      'CONFLICT',
    );
  });

  test('a course beside the pathway that holds it ends with its open invoices', async () => {
    const [{ course_id }] = (await academy.rows<{ course_id: string }>(
      'select course_id from course_enrollments where id = $1',
      [office.enrolment],
    )) as [{ course_id: string }];
    const pathway = await createPathway(academy.database.server, [course_id]);
    await academy.rows(
      `insert into course_enrollments (student_id, pathway_id, enrollment_source, payment_status) values ($1, $2, 'pathway', 'waived')`,
      [office.student.id, pathway],
    );
    await night();
    expect((await finding())!.details['phantoms']).toEqual([office.enrolment]);
    await reconcile('remove_phantom_enrollment');
    expect(await academy.rows('select status from course_enrollments where id = $1', [office.enrolment])).toEqual([
      { status: 'cancelled' },
    ]);
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  test('is the superadmin’s alone', async () => {
    await academy.rows('update course_enrollments set total_amount = 900000 where id = $1', [office.enrolment]);
    await night();
    const settle = async (actor: Person) =>
      callCommand(academy, actor, settleFinding, {
        finding_id: (await finding())!.id,
        status: 'ignored',
        notes: 'Agreed by phone',
      });
    for (const person of [office.student, office.bilal, office.omar, office.dua]) {
      expect(await codeOf(reconcile('resync_enrollment_total', person))).toBe('PERMISSION_DENIED');
      expect(await codeOf(settle(person))).toBe('PERMISSION_DENIED');
    }
    await settle(office.sana);
    expect(await finding()).toMatchObject({ status: 'ignored' });
    expect(await codeOf(reconcile('resync_enrollment_total'))).toBe('CONFLICT');
  });
});
