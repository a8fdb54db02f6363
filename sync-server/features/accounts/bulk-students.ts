import { createHash } from 'node:crypto';
import {
  bulkStudentsSchema,
  bulkStudentsReportSchema,
  createStudentSchema,
  type BulkStudentRow,
  type BulkStudents,
  type CreateStudent,
} from '#contract/api/accounts.ts';
import { naturalId } from '#contract/natural-id.ts';
import { mayCreate } from '#contract/rules/staff.ts';
import { mostStudentRows, readStudentRows, type StudentRow } from '#contract/rules/student-rows.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CommandContext } from '../../http/commands.ts';
import { AppError, toAppError } from '../../http/errors.ts';
import { requireRight } from './person.ts';
import { createAndEnrol } from './students.ts';

const operation = 'bulk-create-students row';

/**
 * Many students at once from a pasted list, with the terms they share (workflows 3.5). Every line is looked at first; each good one is
 * a transaction of its own, so a bad one stops nobody. A list that is sent again under its `batch_id` skips what is done.
 */
export const bulkCreateStudents = defineCommand({
  name: 'bulk-create-students',
  summary: 'Create and enrol students from a list',
  input: bulkStudentsSchema,
  output: bulkStudentsReportSchema,
  roles: ['enrollment_manager', 'admin', 'superadmin'],
  writes: true,
  privileged: true,
  async run(context, input) {
    requireRight(mayCreate(context.actor.role, 'student'));
    const rows: BulkStudentRow[] = [];
    for (const line of judge(input)) rows.push(await carryOut(context, input, line));
    const count = (status: BulkStudentRow['status']): number => rows.filter((row) => row.status === status).length;
    return { created: count('created'), done_before: count('done_before'), failed: count('failed'), rows };
  },
});

type Line = StudentRow & { draft: CreateStudent | null; fault: { code: string; message: string } | null };

/** Reads every line before anything is written. */
function judge({ text, terms }: BulkStudents): Line[] {
  const rows = readStudentRows(text);
  if (rows.length === 0 || rows.length > mostStudentRows)
    throw new AppError('INVALID_INPUT', {
      details: [{ path: 'text', message: `A list has 1 to ${mostStudentRows} students.` }],
    });
  const seen = new Set<string>();
  return rows.map((row) => {
    const { full_name, email, phone } = row;
    const parsed = createStudentSchema.safeParse({ ...terms, full_name, email, ...(phone === '' ? {} : { phone }) });
    if (!parsed.success)
      return { ...row, draft: null, fault: { code: 'INVALID_INPUT', message: faultOf(parsed.error) } };
    const isRepeated = seen.has(parsed.data.email);
    seen.add(parsed.data.email);
    return isRepeated
      ? { ...row, draft: null, fault: { code: 'REPEATED', message: 'This address stands in the list above.' } }
      : { ...row, draft: parsed.data, fault: null };
  });
}

const faultOf = (error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string =>
  error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');

type Made = { user_id: string; student_number: string };

async function carryOut(
  context: CommandContext,
  { batch_id, dry_run }: BulkStudents,
  { draft, fault, row, email }: Line,
): Promise<BulkStudentRow> {
  if (!draft) return { row, email, status: 'failed', ...fault };
  try {
    if (dry_run)
      return { row, email, status: 'valid', ...(await asServer(context.deps.server, (tx) => refuseKnown(tx, draft))) };
    return { row, email, ...(await createOnce(context, batch_id, draft)) };
  } catch (error) {
    const { code, message, details } = toAppError(error);
    // What is no refusal is ours to look at; the rest of the list goes on.
    if (code === 'INTERNAL_ERROR')
      context.deps.log.error({ err: error, row }, 'a student of a list could not be created');
    const reason = (details as { reason?: string } | undefined)?.reason;
    return { row, email, status: 'failed', code: reason ?? code, message };
  }
}

/** A trial run says what the address alone would be refused for. */
async function refuseKnown(tx: Tx, { email }: CreateStudent): Promise<object> {
  const { rowCount } = await tx.query('select from users where email = $1', [email]);
  if (rowCount)
    throw new AppError('CONFLICT', { message: 'This e-mail address is taken.', details: { reason: 'EMAIL_EXISTS' } });
  return {};
}

/** The student and the note that this line of this list is done, in one transaction. */
async function createOnce(
  context: CommandContext,
  batchId: string,
  draft: CreateStudent,
): Promise<Made & { status: 'created' | 'done_before' }> {
  const hash = createHash('sha256').update(JSON.stringify(draft)).digest('hex');
  const key = naturalId('bulk-create-students', batchId, hash);
  const { actor, deps } = context;
  return asServer(deps.server, async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
    const { rows } = await tx.query<{ response: Made }>(
      'select response from idempotency_keys where actor_id = $1 and key = $2 and operation = $3',
      [actor.id, key, operation],
    );
    if (rows[0]) return { ...rows[0].response, status: 'done_before' as const };
    const { user_id, student_number } = await createAndEnrol({ ...context, tx }, draft, actor.id);
    await tx.query(
      `insert into idempotency_keys (actor_id, key, operation, request_hash, state, response) values ($1, $2, $3, $4, 'done', $5)`,
      [actor.id, key, operation, hash, JSON.stringify({ user_id, student_number })],
    );
    return { user_id, student_number, status: 'created' as const };
  });
}
