import { z } from 'zod';
import { instant } from '../columns.ts';

/** The superadmin's commands on findings of the billing check (workflows 3.15). */

export const reconciliationKinds = [
  'delete_orphan_invoices',
  'resync_enrollment_total',
  'mark_duplicate_enrollment',
  'remove_phantom_enrollment',
] as const;

export const reconcileFindingSchema = z.strictObject({ finding_id: z.uuid(), action: z.enum(reconciliationKinds) });
export const reconciliationSchema = z.object({ action_id: z.uuid(), finding_status: z.string() });
export const undoReconciliationSchema = z.strictObject({ action_id: z.uuid() });
export const undoneReconciliationSchema = z.object({ action_id: z.uuid(), undone_at: instant });
export const settleFindingSchema = z.strictObject({
  finding_id: z.uuid(),
  status: z.enum(['resolved', 'ignored']),
  notes: z.string().trim().min(3).max(2000),
});
export const settledFindingSchema = z.object({ finding_id: z.uuid(), status: z.string() });
