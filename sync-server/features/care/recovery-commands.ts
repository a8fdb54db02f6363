import {
  recoveryCheckAnswerSchema,
  recoveryCheckSchema,
  recoveryStatusSchema,
  updateRecoveryStatusSchema,
} from '#contract/api/care.ts';
import { asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { checkRecovery } from './recovery-check.ts';

const roles = ['admin', 'superadmin'] as const;

/** The morning's look by hand, at everybody or at some; `dry_run` only counts. */
export const runRecoveryCheck = defineCommand({
  name: 'daily-recovery-check',
  summary: 'Look for students who went silent now',
  input: recoveryCheckSchema,
  output: recoveryCheckAnswerSchema,
  roles,
  writes: true,
  privileged: true,
  run: ({ deps, actor }, { student_ids, dry_run }) =>
    checkRecovery(deps, { only: student_ids ?? null, dryRun: dry_run, actor: actor.id }),
});

/** Staff's word on a message that was sent by hand, or that should not go on. */
export const updateRecoveryStatus = defineCommand({
  name: 'update-recovery-status',
  summary: 'Say what became of a message to a silent student',
  input: updateRecoveryStatusSchema,
  output: recoveryStatusSchema,
  roles,
  writes: true,
  privileged: true,
  run: ({ deps, actor, now, requestId }, { recovery_id, status, note }) =>
    asServer(deps.server, async (tx) => {
      const { rows } = await tx.query<{ student_id: string; message_status: string }>(
        'select student_id, message_status from student_recovery_messages where id = $1 and not is_deleted for no key update',
        [recovery_id],
      );
      const before = rows[0];
      if (!before) throw new AppError('NOT_FOUND');
      if (!['pending', 'sent', 'failed'].includes(before.message_status))
        throw new AppError('CONFLICT', {
          message: 'This cycle has ended.',
          details: { status: before.message_status },
        });
      await tx.query(
        `update student_recovery_messages set message_status = $2, error_message = case when $2 = 'failed' then $3 else error_message end,
           message_sent_at = case when $2 = 'cancelled' then message_sent_at else coalesce(message_sent_at, $4) end where id = $1`,
        [recovery_id, status, note ?? null, now],
      );
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'recovery_message',
        id: recovery_id,
        action: 'recovery_status_updated',
        about: before.student_id,
        summary: note ?? '',
        data: { before: { status: before.message_status }, after: { status } },
        request: requestId,
      });
      return { recovery_id, message_status: status };
    }),
});
