import type { Tx } from '../../db/sql.ts';
import type { CommandContext } from '../../http/commands.ts';
import { writeAudit } from '../people/index.ts';

/** One line of the trail about a session; never its secrets. */
export async function auditSession(
  { tx, deps, actor }: CommandContext & { tx: Tx },
  id: string,
  action: string,
  before: Record<string, unknown> | null,
  after: Record<string, unknown>,
): Promise<void> {
  await writeAudit(tx, deps, {
    actor: actor.id,
    entity: 'success_sessions',
    id,
    action,
    about: null,
    summary: action.replaceAll('_', ' '),
    data: before ? { before, after } : { after },
  });
}
