import type { z } from 'zod';
import type { MailOutcome } from '#contract/api/accounts.ts';
import type { Role } from '#contract/roles.ts';
import { defineCommand, type CallInTransaction, type Command, type CommandContext } from '../../http/commands.ts';
import { deliverNow } from '../mail/index.ts';
import { writeAudit } from '../people/index.ts';

/** A staff command's call. */
export type StaffCall = CallInTransaction;

type StaffCommand<In extends z.ZodType, Out extends z.ZodType> = {
  name: string;
  summary: string;
  input: In;
  output: Out;
  roles: readonly Role[];
  once: (call: StaffCall, input: z.output<In>) => Promise<z.output<Out>>;
  after?: (call: CommandContext, input: z.output<In>, done: z.output<Out>) => Promise<z.output<Out>>;
};

/** A privileged command: one transaction, and a line in the audit trail also when it is refused. */
export const defineStaffCommand = <In extends z.ZodType, Out extends z.ZodType>(
  command: StaffCommand<In, Out>,
): Command<In, Out> => defineCommand<In, Out>({ ...command, writes: true, privileged: true });

/** One audit line of a staff command; `data` is before and after of what changed, never a secret. */
export const auditStaff = (
  { tx, deps, actor, requestId }: StaffCall,
  entry: {
    entity: string;
    id: string;
    action: string;
    about: string | null;
    summary?: string;
    data?: Record<string, unknown>;
  },
): Promise<void> =>
  writeAudit(tx, deps, { actor: actor.id, request: requestId, summary: entry.summary ?? '', ...entry });

/** The answer with what became of its mail, which leaves at once where it can (workflows 0.4). */
export async function withMail<T extends { email_status: MailOutcome }>(
  { deps }: CommandContext,
  done: T,
  dedupe: string,
): Promise<T> {
  return done.email_status.status === 'queued' ? { ...done, email_status: await deliverNow(deps, dedupe) } : done;
}
