import type { AuditEntry, ListAudit } from '#contract/api/audit.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';

type Row = AuditEntry & { place: string };
export type AuditFilter = Omit<ListAudit, 'cursor' | 'limit'>;

/** Where a page ended: the instant to the microsecond, and the line. */
type Place = { at: string; id: string };

const cursorOf = (row: Row): string => Buffer.from(`${row.place} ${row.id}`).toString('base64url');

/** Throws INVALID_INPUT for anything but a cursor of ours. */
export function readCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]{8,15}Z) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match) throw new AppError('INVALID_INPUT', { details: [{ path: 'cursor', message: 'This is no cursor.' }] });
  return { at: match[1]!, id: match[2]! };
}

/** One page of what this transaction's person may see; which lines those are is row-level security's to say. */
export async function readAuditPage(
  tx: Tx,
  { serverKey }: Pick<Deps, 'serverKey'>,
  filter: AuditFilter,
  page: { after: Place | null; limit: number },
): Promise<{ entries: AuditEntry[]; next: string | null }> {
  const { rows } = await tx.query<Row>(
    `select l.id, l.created_at, to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place,
       l.entity_type, l.entity_id, l.action, l.performed_by, a.full_name as performed_by_name, l.actor_role,
       l.target_user_id, t.full_name as target_name, l.description, l.data, l.request_id
     from admin_logs l left join users a on a.id = l.performed_by left join users t on t.id = l.target_user_id
     where ($1::uuid is null or l.performed_by = $1) and ($2::uuid is null or l.target_user_id = $2)
       and ($3::text is null or l.entity_type = $3) and ($4::uuid is null or l.entity_id = $4)
       and ($5::text is null or l.action = $5)
       and ($6::timestamptz is null or l.created_at >= $6) and ($7::timestamptz is null or l.created_at < $7)
       and ($8::timestamptz is null or (l.created_at, l.id) < ($8, $9::uuid))
     order by l.created_at desc, l.id desc limit $10`,
    [
      filter.actor_id ?? null,
      filter.target_user_id ?? null,
      filter.entity_type ?? null,
      filter.entity_id ?? null,
      filter.action ?? null,
      filter.from ?? null,
      filter.until ?? null,
      page.after?.at ?? null,
      page.after?.id ?? null,
      page.limit + 1,
    ],
  );
  const shown = rows.slice(0, page.limit);
  const people = await readPeople(tx, serverKey, shown);
  const entries = shown.map(({ place: _place, ...entry }) => ({ ...entry, data: people.get(entry.id) ?? entry.data }));
  return { entries, next: rows.length > page.limit ? cursorOf(shown.at(-1)!) : null };
}

/** The data of lines that name somebody, as it was given; of erased people only the line itself is left. */
async function readPeople(
  tx: Tx,
  serverKey: string,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, AuditEntry['data']>> {
  const { rows: people } = await tx.query<{ line: string; details: AuditEntry['data'] }>(
    'select line, details from server_audit_people($1, $2)',
    [serverKey, rows.map(({ id }) => id)],
  );
  return new Map(people.map(({ line, details }) => [line, details]));
}
