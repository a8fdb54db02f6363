import { reorderContentRequest, reorderContentResponse } from '#contract/api/content.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { inContent } from './rows.ts';

/**
 * Puts the modules of a course, the lessons of a module … into an order. The whole list is given; when a row came or went
 * meanwhile it is a CONFLICT. Lessons are decided anew in the background; one that was watched stays open.
 */
export const reorderContent = defineCommand({
  name: 'reorder-content',
  summary: 'Put modules, lessons, items of a schedule or resources into an order',
  input: reorderContentRequest,
  output: reorderContentResponse,
  roles: ['admin', 'superadmin'],
  writes: true,
  run: (command, { table, parent_id, ids }) =>
    inContent(command, async ({ tx, deps, actor }) => {
      const isRoot = table === 'courses' || table === 'resource_sections';
      if (isRoot !== (parent_id === null)) throw new AppError('INVALID_INPUT');
      const { rows } = await tx.query<{ done: boolean }>(
        'select server_reorder_content($1, $2, $3, $4::uuid[]) as done',
        [deps.serverKey, table, parent_id, ids],
      );
      if (!rows[0]!.done) throw new AppError('CONFLICT', { message: 'The list is not the one that is there.' });
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: table,
        id: parent_id ?? ids[0]!,
        action: 'content_reordered',
        about: null,
        summary: `Put ${ids.length} ${table} into an order`,
        data: { parent_id, ids },
      });
      const { rows: found } = await tx.query<{ id: string }>(courseOfOrder(table), [parent_id]);
      await tx.query('select server_queue_unlocks($1, $2, $3, $3)', [deps.serverKey, found.map(({ id }) => id), []]);
      return { count: ids.length };
    }),
});

/** The course whose lessons now stand in another order; none for what no lesson follows. */
function courseOfOrder(table: string): string {
  if (table === 'modules') return 'select id from courses where id = $1';
  if (table === 'available_lessons') return 'select course_id as id from modules where id = $1';
  return 'select id from courses where $1::uuid is null and false';
}
