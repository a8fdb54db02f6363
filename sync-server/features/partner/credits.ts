import {
  partnerConversationSchema,
  partnerCreditsSchema,
  readPartnerConversationSchema,
  resetPartnerCreditsSchema,
  type PartnerCredits,
} from '#contract/api/partner.ts';
import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { notify } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';

/** As SQL tells a day's credits. */
type Told = Pick<PartnerCredits, 'date' | 'credits_used' | 'daily_limit' | 'reset_at'>;

/** What the caller may still ask today. There is no way for a device to count itself. */
export const successPartnerCredits = defineCommand({
  name: 'success-partner-credits',
  summary: 'What you may still ask the Success Partner today',
  input: z.strictObject({}),
  output: partnerCreditsSchema,
  roles: ['student'],
  writes: false,
  run: ({ deps, actor, now }) =>
    asServer(deps.server, async (tx) => {
      const { rows } = await tx.query<{ credits: Told }>('select server_partner_credits($1, $2, $3) as credits', [
        deps.serverKey,
        actor.id,
        now,
      ]);
      return answerOf(rows[0]!.credits);
    }),
});

/** Gives a student's credits anew, or another limit from now on. */
export const resetPartnerCredits = defineCommand({
  name: 'admin-reset-sp-credits',
  summary: 'Give a student new credits, or another limit',
  input: resetPartnerCreditsSchema,
  output: partnerCreditsSchema,
  roles: ['admin', 'superadmin'],
  writes: true,
  run: (context, { user_id, date, daily_limit }) =>
    asServer(context.deps.server, async (tx) => {
      const changed =
        daily_limit === undefined
          ? await reset(tx, context, user_id, date)
          : await limit(tx, context, user_id, daily_limit);
      if (!changed) throw new AppError('NOT_FOUND');
      await writeAudit(tx, context.deps, {
        actor: context.actor.id,
        entity: 'success_partner_credits',
        id: user_id,
        action: 'sp_credits_reset',
        about: user_id,
        summary: daily_limit === undefined ? 'Credits given anew' : 'Another limit of questions a day',
        data: changed,
      });
      return answerOf(changed.after);
    }),
});

type Changed = { before: Record<string, unknown>; after: Told };

async function reset(
  tx: Tx,
  { deps, now, requestId }: CommandContext,
  student: string,
  date: string | undefined,
): Promise<Changed | null> {
  const { rows } = await tx.query<{ changed: Changed | null }>(
    'select server_reset_partner_credits($1, $2, $3) as changed',
    [deps.serverKey, student, date ?? now.toISOString().slice(0, 10)],
  );
  const changed = rows[0]!.changed;
  // Whoever had used all of them was waiting for this.
  if (changed && changed.before['credits_used'] === changed.after.daily_limit && changed.after.daily_limit > 0)
    await notify(tx, deps, {
      template: 'sp_credits_reset',
      to: student,
      fields: { limit: changed.after.daily_limit },
      link: 'partner',
      dedupe: `sp_credits_reset:${student}:${requestId}`,
    });
  return changed;
}

async function limit(
  tx: Tx,
  { deps, now }: CommandContext,
  student: string,
  credits: number | null,
): Promise<Changed | null> {
  const { rows } = await tx.query<{ changed: Changed | null }>(
    'select server_limit_partner_credits($1, $2, $3, $4) as changed',
    [deps.serverKey, student, credits, now],
  );
  return rows[0]!.changed;
}

/** Shows one student's conversation to a superadmin who says why; the student's trail remembers it. */
export const readPartnerConversation = defineCommand({
  name: 'read-partner-conversation',
  summary: 'Read a conversation with the Success Partner, on record',
  input: readPartnerConversationSchema,
  output: partnerConversationSchema,
  roles: ['superadmin'],
  writes: false,
  run: ({ deps, actor }, { user_id, reason }) =>
    asServer(deps.server, async (tx) => {
      const { rows: messages } = await tx.query<(typeof partnerConversationSchema)['_output']['messages'][number]>(
        `select id, conversation_id, role, content, status, sent_at from success_partner_messages
         where student_id = $1 and not is_deleted order by sent_at, id`,
        [user_id],
      );
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'success_partner_messages',
        id: user_id,
        action: 'sp_conversation_read',
        about: user_id,
        summary: reason,
        data: { reason, messages: messages.length },
      });
      return { messages };
    }),
});

const answerOf = ({ date, credits_used, daily_limit, reset_at }: Told): PartnerCredits => ({
  date,
  credits_used,
  daily_limit,
  reset_at: new Date(reset_at).toISOString(),
  credits_remaining: daily_limit - credits_used,
  can_send: credits_used < daily_limit,
});
