import { saveContentRequest, saveContentResponse } from '#contract/api/content.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import type { ContentContext, ContentKind, ContentRow } from './content-kind.ts';
import { kinds } from './kinds.ts';
import { auditContent, inContent, mustTeach, queueUnlocks, readRow } from './rows.ts';

type Fields = Record<string, unknown>;

/**
 * Makes or changes one row of content (workflows 3.42). Staff change everything; a mentor, in courses he covers, the words of
 * lessons and modules, assignments and attachments. What was changed by somebody else meanwhile is a CONFLICT with that row.
 */
export const saveContent = defineCommand({
  name: 'save-content',
  summary: 'Make or change a course, lesson, assignment, batch, resource …',
  input: saveContentRequest,
  output: saveContentResponse,
  roles: ['mentor', 'admin', 'superadmin'],
  writes: true,
  run: (command, { table, id, expected_revision, fields }) =>
    inContent(command, async (context) => {
      const kind = kinds[table];
      mustBeAllowed(context, kind, Object.keys(fields), expected_revision === null);
      const before = await readRow(context, kind, id);
      if (before) await mustTeach(context, kind, before);
      mustBeCurrent(before, expected_revision, fields);
      const wanted = { ...before, ...fields, id };
      await mustTeach(context, kind, wanted);
      await mustExist(context, kind, fields);
      const derived = (await kind.check?.(context, wanted, before)) ?? {};
      const after = await write(context, kind, before, { ...fields, ...derived }, id);
      const changed = [...changesOf(before, after), ...linksGiven(kind, fields)];
      await auditContent(context, kind, { before, after }, diff(before, after, fields, kind));
      await queueUnlocks(context, kind, { before, after }, changed);
      if (changed.length > 0) await kind.after?.(context, { before, after }, changed);
      return { id, v: after.v };
    }),
});

/** A mentor's fields are few; and no row is made without what it cannot be without. */
function mustBeAllowed({ actor }: ContentContext, kind: ContentKind, fields: readonly string[], isNew: boolean): void {
  if (actor.role === 'mentor') {
    const { mentor } = kind;
    if (!mentor || (isNew && !mentor.creates) || fields.some((field) => !mentor.fields.includes(field)))
      throw new AppError('PERMISSION_DENIED');
  }
  const missing = isNew ? kind.required.filter((field) => !fields.includes(field)) : [];
  if (missing.length > 0)
    throw new AppError('INVALID_INPUT', {
      details: missing.map((field) => ({ path: `/fields/${field}`, message: 'needed' })),
    });
}

/** What the writer has not seen is shown, as far as the fields to be written go. */
function mustBeCurrent(before: ContentRow | null, expected: string | null, fields: Fields): void {
  if (expected === null && !before) return;
  if (!before) throw new AppError('NOT_FOUND');
  if (before.v === expected) return;
  const current = Object.fromEntries(Object.keys(fields).map((field) => [field, before[field]]));
  throw new AppError('CONFLICT', { details: { v: before.v, current } });
}

/** Rows that are named must be there, and for this person. */
async function mustExist(
  { tx }: ContentContext,
  { references = {}, table }: ContentKind,
  fields: Fields,
): Promise<void> {
  for (const [field, target] of Object.entries(references)) {
    if (typeof fields[field] !== 'string') continue;
    // Names of tables come from this program's own declarations.
    const { rowCount } = await tx.query(`select from ${target} where id = $1`, [fields[field]]);
    if (!rowCount)
      throw new AppError('INVALID_INPUT', {
        details: [{ path: `/fields/${field}`, message: `${table} names nothing` }],
      });
  }
}

async function write(
  context: ContentContext,
  kind: ContentKind,
  before: ContentRow | null,
  given: Fields,
  id: string,
): Promise<ContentRow> {
  const { tx, deps, actor } = context;
  const links = kind.links ?? [];
  const own = Object.fromEntries(
    Object.entries(given).filter(([field]) => links.every((link) => link.field !== field)),
  );
  if (!before && kind.author) own[kind.author] = actor.id;
  let after = before;
  if (!before || Object.keys(own).length > 0) {
    const { rows } = await tx.query<{ row: ContentRow }>(
      'select server_write_content($1, $2, $3, $4::jsonb, $5) as row',
      [deps.serverKey, kind.table, id, JSON.stringify(own), before === null],
    );
    after = rows[0]!.row;
  }
  for (const { field, table, parent, rows } of links)
    if (field in given)
      await tx.query('select server_set_links($1, $2, $3, $4, $5::jsonb)', [
        deps.serverKey,
        table,
        parent,
        id,
        JSON.stringify(rows(given[field])),
      ]);
  return after!;
}

const bookkeeping = ['v', 'updated_at', 'created_at'];
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

const changesOf = (before: ContentRow | null, after: ContentRow): string[] =>
  Object.keys(after).filter((field) => !bookkeeping.includes(field) && !isSame(before?.[field], after[field]));

const linksGiven = ({ links = [] }: ContentKind, fields: Fields): string[] =>
  links.map(({ field }) => field).filter((field) => field in fields);

/** `{field: {from, to}}` of the fields that were given and are different now; of lists, what they are. */
function diff(before: ContentRow | null, after: ContentRow, fields: Fields, kind: ContentKind): Fields {
  const own = changesOf(before, after)
    .filter((field) => field in fields)
    .map((field) => [field, { from: before?.[field] ?? null, to: after[field] }]);
  return Object.fromEntries([...own, ...linksGiven(kind, fields).map((field) => [field, { to: fields[field] }])]);
}
