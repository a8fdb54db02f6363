import { z } from 'zod';
import { createStudentSchema, discountSchema } from './accounts.ts';

/** An enrolment manager's discount above the limit: parked, approved, returned (workflows 3.5b). */

const note = z.string().trim().min(3).max(1000);

/** The whole draft of the enrolment, as `create-enhanced-student` takes it; the price is never the manager's to set. */
export const requestApprovalSchema = z.strictObject({
  draft: createStudentSchema.refine(
    ({ discount, total_amount }) => discount !== undefined && total_amount === undefined,
    {
      message: 'A draft names a discount and no price of its own.',
    },
  ),
});
export const requestedApprovalSchema = z.object({ request_id: z.uuid(), status: z.literal('waiting') });

export const decideRequestSchema = z.discriminatedUnion('decision', [
  z.strictObject({
    decision: z.literal('approved'),
    request_id: z.uuid(),
    /** Another discount than the one that was asked for. */
    discount: discountSchema.optional(),
    note: note.optional(),
  }),
  z.strictObject({ decision: z.literal('returned'), request_id: z.uuid(), note }),
]);
export const decidedRequestSchema = z.object({
  request_id: z.uuid(),
  status: z.enum(['approved', 'returned']),
  student_id: z.uuid().nullable(),
});

export const withdrawRequestSchema = z.strictObject({ request_id: z.uuid() });
export const withdrawnRequestSchema = z.object({ request_id: z.uuid(), status: z.literal('withdrawn') });
