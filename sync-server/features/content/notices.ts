import { notify } from '../notifications/index.ts';
import type { ContentChange, ContentContext } from './content-kind.ts';

const actionOf = ({ before, after }: ContentChange): string => {
  if (!before) return 'added';
  return after ? 'changed' : 'removed';
};

/** Tells the other admins and superadmins what was done to a lesson or an assignment (workflows 3.42). */
export async function tellStaff(
  { tx, deps, actor }: ContentContext,
  change: ContentChange,
  item: { kind: string; title: string },
): Promise<void> {
  const row = (change.after ?? change.before)!;
  const { rows: staff } = await tx.query<{ id: string }>('select server_staff($1) as id', [deps.serverKey]);
  const { rows: authors } = await tx.query<{ full_name: string }>('select full_name from users where id = $1', [
    actor.id,
  ]);
  for (const { id } of staff)
    await notify(tx, deps, {
      template: 'learning_item_changed',
      to: id,
      fields: {
        changed_by_name: authors[0]?.full_name ?? '',
        action: actionOf(change),
        item_type: item.kind,
        item_title: row[item.title] as string,
      },
      link: `${item.kind}/${row.id}`,
      dedupe: `learning_item_changed:${row.id}:${row.v}:${actionOf(change)}:${id}`,
    });
}

/** Tells the students who are shown a resource that it is there or says something else now. */
export async function tellReaders({ tx, deps }: ContentContext, change: ContentChange): Promise<void> {
  const row = change.after;
  if (!row) return;
  const { rows } = await tx.query<{ id: string }>('select server_resource_readers($1, $2) as id', [
    deps.serverKey,
    row.id,
  ]);
  for (const { id } of rows)
    await notify(tx, deps, {
      template: 'resource_changed',
      to: id,
      fields: { title: row['title'] as string, action: actionOf(change) },
      link: `resource/${row.id}`,
      dedupe: `resource_changed:${row.id}:${row.v}:${id}`,
    });
}
