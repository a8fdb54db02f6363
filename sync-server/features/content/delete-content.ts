import { deleteContentRequest, deleteContentResponse } from '#contract/api/content.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import type { ContentContext, ContentKind, ContentRow } from './content-kind.ts';
import { kinds } from './kinds.ts';
import { auditContent, inContent, queueUnlocks, readRow } from './rows.ts';

/**
 * Takes one row of content away. Lessons and assignments that people have worked with are withdrawn instead; what carries
 * enrolments, or still holds something, stays: a CONFLICT that says what ties it.
 */
export const deleteContent = defineCommand({
  name: 'delete-content',
  summary: 'Delete a course, lesson, assignment, batch, resource …',
  input: deleteContentRequest,
  output: deleteContentResponse,
  roles: ['admin', 'superadmin'],
  writes: true,
  run: (command, { table, id, expected_revision }) =>
    inContent(command, async (context) => {
      const kind = kinds[table];
      const before = await readRow(context, kind, id);
      if (!before) throw new AppError('NOT_FOUND');
      if (before.v !== expected_revision) throw new AppError('CONFLICT', { details: { v: before.v } });
      const ties = await readTies(context, kind, id);
      if (ties.length === 0) await remove(context, kind, before);
      else if (kind.archive) await archive(context, kind, before, kind.archive);
      else throw new AppError('CONFLICT', { message: 'People or other rows depend on it.', details: { ties } });
      return { outcome: ties.length === 0 ? ('deleted' as const) : ('archived' as const) };
    }),
});

async function readTies({ tx, deps }: ContentContext, { table }: ContentKind, id: string): Promise<string[]> {
  const { rows } = await tx.query<{ ties: string[] }>('select server_content_ties($1, $2, $3) as ties', [
    deps.serverKey,
    table,
    id,
  ]);
  return rows[0]!.ties;
}

async function remove(context: ContentContext, kind: ContentKind, before: ContentRow): Promise<void> {
  const change = { before, after: null };
  await queueUnlocks(context, kind, change, []);
  await context.tx.query('select server_delete_content($1, $2, $3)', [context.deps.serverKey, kind.table, before.id]);
  await auditContent(context, kind, change, { deleted: before });
  await kind.after?.(context, change, ['is_deleted']);
}

async function archive(
  context: ContentContext,
  kind: ContentKind,
  before: ContentRow,
  fields: Record<string, unknown>,
): Promise<void> {
  const { rows } = await context.tx.query<{ row: ContentRow }>(
    'select server_write_content($1, $2, $3, $4::jsonb, false) as row',
    [context.deps.serverKey, kind.table, before.id, JSON.stringify(fields)],
  );
  const change = { before, after: rows[0]!.row };
  const changed = Object.keys(fields);
  await auditContent(context, kind, change, { archived: fields });
  await queueUnlocks(context, kind, change, changed);
  await kind.after?.(context, change, changed);
}
