import { createStudentSchema, type CreateStudent, type Discount } from '#contract/api/accounts.ts';
import {
  decidedRequestSchema,
  decideRequestSchema,
  requestApprovalSchema,
  requestedApprovalSchema,
  withdrawnRequestSchema,
  withdrawRequestSchema,
} from '#contract/api/enrolment-requests.ts';
import { formatMoney } from '#contract/rules/money.ts';
import { AppError } from '../../http/errors.ts';
import { notify } from '../notifications/index.ts';
import { welcomeKey } from './new-account.ts';
import { auditStaff, defineStaffCommand, withMail, type StaffCall } from './staff-command.ts';
import { createAndEnrol } from './students.ts';

/** Parks a draft whose discount is above the manager's limit; the team decides (workflows 3.5b). */
export const requestEnrolmentApproval = defineStaffCommand({
  name: 'request-enrollment-approval',
  summary: 'Ask the team to approve the discount of a new student',
  input: requestApprovalSchema,
  output: requestedApprovalSchema,
  roles: ['enrollment_manager'],
  once: async (call, { draft }) => {
    const { tx, actor } = call;
    const { rows } = await tx.query<{ id: string }>(
      'insert into enrollment_requests (created_by, payload) values ($1, $2) returning id',
      [actor.id, JSON.stringify(draft)],
    );
    const { id } = rows[0]!;
    await audit(call, id, 'enrollment_requested', { discount: draft.discount });
    await tellTeam(call, id, draft);
    return { request_id: id, status: 'waiting' as const };
  },
});

/** Approving makes the student, as the manager's own, with the decider's right; returning says what to change. Decided once. */
export const decideEnrolmentRequest = defineStaffCommand({
  name: 'decide-enrollment-request',
  summary: 'Approve or return the draft of an enrolment manager',
  input: decideRequestSchema,
  output: decidedRequestSchema,
  roles: ['admin', 'superadmin'],
  once: async (call, input) => {
    const request = await lockWaiting(call, input.request_id);
    const student = input.decision === 'approved' ? await enrolAsAsked(call, request, input.discount) : null;
    await call.tx.query(
      `update enrollment_requests set status = $2, decided_by = $3, decided_at = $4, note = $5, student_id = $6 where id = $1`,
      [request.id, input.decision, call.actor.id, call.now, input.note ?? null, student],
    );
    await audit(call, request.id, `enrollment_request_${input.decision}`, { student_id: student, note: input.note });
    await notify(call.tx, call.deps, {
      template: 'enrollment_request_decided',
      to: request.created_by,
      fields: { student_name: request.payload.full_name, decision: input.decision, note: input.note ?? '' },
      link: student ? `student/${student}` : 'enroll/students',
      dedupe: `enrollment_request_decided:${request.id}`,
    });
    return { request_id: request.id, status: input.decision, student_id: student };
  },
  after: async (call, _input, done) => {
    if (done.student_id !== null)
      await withMail(call, { email_status: { status: 'queued' as const } }, welcomeKey(done.student_id, null));
    return done;
  },
});

/** The manager takes the own request back while nobody has decided it. */
export const withdrawEnrolmentRequest = defineStaffCommand({
  name: 'withdraw-enrollment-request',
  summary: 'Take an own request for approval back',
  input: withdrawRequestSchema,
  output: withdrawnRequestSchema,
  roles: ['enrollment_manager'],
  once: async (call, { request_id }) => {
    const request = await lockWaiting(call, request_id, call.actor.id);
    await call.tx.query("update enrollment_requests set status = 'withdrawn' where id = $1", [request.id]);
    await audit(call, request.id, 'enrollment_request_withdrawn', {});
    return { request_id: request.id, status: 'withdrawn' as const };
  },
});

type Request = { id: string; created_by: string; status: string; payload: CreateStudent };

/** `owner`: only theirs; somebody else's is answered like one that does not exist. */
async function lockWaiting({ tx }: StaffCall, id: string, owner: string | null = null): Promise<Request> {
  const { rows } = await tx.query<Request>(
    `select id, created_by, status, payload from enrollment_requests
     where id = $1 and not is_deleted and ($2::uuid is null or created_by = $2) for no key update`,
    [id, owner],
  );
  const request = rows[0];
  if (!request) throw new AppError('NOT_FOUND');
  if (request.status !== 'waiting')
    throw new AppError('CONFLICT', {
      message: 'This request was dealt with already.',
      details: { status: request.status },
    });
  return request;
}

/** The draft is read again: the academy may have changed since it was written. */
async function enrolAsAsked(call: StaffCall, request: Request, discount: Discount | undefined): Promise<string> {
  const draft = createStudentSchema.safeParse({ ...request.payload, ...(discount ? { discount } : {}) });
  if (!draft.success) throw new AppError('CONFLICT', { message: 'The draft no longer fits; return it.' });
  return (await createAndEnrol(call, draft.data, request.created_by)).user_id;
}

const audit = (call: StaffCall, id: string, action: string, data: Record<string, unknown>): Promise<void> =>
  auditStaff(call, { entity: 'enrollment_request', id, action, about: null, data });

async function tellTeam({ tx, deps, actor }: StaffCall, id: string, draft: CreateStudent): Promise<void> {
  const { rows } = await tx.query<{ id: string; asked_by: string; currency: string }>(
    `select s.id, (select full_name from users where id = $2) as asked_by, (select currency from billing_settings) as currency
     from server_staff($1) as s(id)`,
    [deps.serverKey, actor.id],
  );
  const { type, value } = draft.discount!;
  for (const { id: to, asked_by, currency } of rows)
    await notify(tx, deps, {
      template: 'enrollment_request',
      to,
      fields: {
        asked_by,
        student_name: draft.full_name,
        discount: type === 'percentage' ? `${value} %` : formatMoney(value, currency),
      },
      link: 'admin/students',
      dedupe: `enrollment_request:${id}:${to}`,
    });
}
