import type { ListRequest, ListV2Request } from '#contract/api/files.ts';
import type { Tx } from '../../db/sql.ts';

/** One line of a folder: a file, or a folder below it. */
type Entry = {
  name: string;
  /** Null for a folder. */
  id: string | null;
  path: string;
  mime: string | null;
  bytes: string | null;
  sha256: string | null;
  created_at: string | null;
  updated_at: string | null;
};

/** An object as storage-js lists it; a folder has a name and nothing else. */
export type ListedObject = {
  name: string;
  id: string | null;
  created_at: string | null;
  updated_at: string | null;
  last_accessed_at: string | null;
  metadata: Record<string, unknown> | null;
};

/** An instant as storage-js reads it, with all its digits, so that a cursor finds its place again. */
const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as ${column}`;

/** `$1` bucket, `$2` beginning of the path. Compared in byte order, so that the index of names serves both. */
const stored = `
  select id, path, mime, bytes, sha256, ${instant('created_at')}, ${instant('updated_at')} from files
  where bucket = $1 and status = 'ready' and not is_deleted
    and path collate "C" >= $2 and path collate "C" < $2 || U&'\\FFFF'`;

/** The same from what is published to this person: a whole bucket asked row by row, who may read it, would take half a minute. */
const published = `
  select distinct on (r.id) r.id, b ->> 'path' as path, b ->> 'mime' as mime, (b ->> 'bytes')::bigint as bytes,
    b ->> 'sha256' as sha256, b ->> 'created_at' as created_at, b ->> 'created_at' as updated_at
  from sync_rows r cross join lateral (select r.body::jsonb as b) body
  where r.type = 'files' and not r.deleted and r.scope in (select sync_my_scopes())
    and b ->> 'bucket' = $1 and b ->> 'status' = 'ready'
    and (b ->> 'path') collate "C" >= $2 and (b ->> 'path') collate "C" < $2 || U&'\\FFFF'
  order by r.id, r.rank desc`;

/** A path that names a person or a record leads to few files; a shorter one would lead to everybody's. */
const isNarrow = (prefix: string): boolean =>
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/.test(prefix);
const below = (prefix: string): string => (isNarrow(prefix) ? stored : published);

/** The lines of one folder: the first part of what follows the beginning, folders once each. */
const folder = (prefix: string): string => `
  select (case when position('/' in rest) > 0 then split_part(rest, '/', 1) else rest end) as name,
    case when position('/' in rest) > 0 then null else id end as id,
    min(case when position('/' in rest) > 0 then $2 || split_part(rest, '/', 1) else path end) as path,
    case when position('/' in rest) > 0 then null else min(mime) end as mime,
    case when position('/' in rest) > 0 then null else min(bytes) end as bytes,
    case when position('/' in rest) > 0 then null else min(sha256) end as sha256,
    case when position('/' in rest) > 0 then null else min(created_at) end as created_at,
    case when position('/' in rest) > 0 then null else min(updated_at) end as updated_at
  from (select *, substr(path, char_length($2) + 1) as rest from (${below(prefix)}) b) b
  group by 1, 2, position('/' in rest)`;

/** What a person sees of one folder; asked as that person, so row-level security leaves out what is not theirs. */
export async function listFolder(tx: Tx, bucket: string, request: ListRequest): Promise<ListedObject[]> {
  const { limit, offset, search, sortBy } = request;
  const column = sortedBy(sortBy.column, 'name');
  const { rows } = await tx.query<Entry>(
    `select * from (${folder(request.prefix)}) e where position(lower($3) in lower(name)) > 0
     order by id is not null, ${column} ${sortBy.order}, name collate "C" limit $4 offset $5`,
    [bucket, asFolder(request.prefix), search, limit, offset],
  );
  return rows.map(asListed);
}

export type ListedPage = {
  hasNext: boolean;
  nextCursor?: string;
  folders: { name: string; key: string }[];
  objects: (ListedObject & { key: string })[];
};

/** A page of everything below a prefix, or of one folder with a delimiter, each named in full; the cursor is where the page before ended. */
export async function listPage(tx: Tx, bucket: string, request: ListV2Request): Promise<ListedPage> {
  const { cursor, limit, sortBy } = request;
  const entries = request.with_delimiter
    ? folder(request.prefix)
    : `select path as name, b.* from (${below(request.prefix)}) b`;
  const compare = sortBy.order === 'asc' ? '>' : '<';
  const column = sortedBy(sortBy.column, 'path');
  const after = cursor ? readCursor(cursor) : null;
  const { rows } = await tx.query<Entry & { sorted: string }>(
    `select *, ${column} as sorted from (${entries}) e
     where $3::text is null or (${column}, path collate "C") ${compare} ($3, $4)
     order by ${column} ${sortBy.order}, path collate "C" ${sortBy.order} limit $5`,
    [bucket, request.prefix, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    hasNext: rows.length > limit,
    ...(rows.length > limit && last ? { nextCursor: makeCursor(last.sorted, last.path) } : {}),
    folders: page.filter(({ id }) => id === null).map(({ name, path }) => ({ name: `${path}/`, key: name })),
    objects: page
      .filter(({ id }) => id !== null)
      .map((entry) => ({ ...asListed(entry), name: entry.path, key: entry.path })),
  };
}

/** Nobody notes when a file was last read: the day it came stands for that. */
function sortedBy(column: ListRequest['sortBy']['column'], name: 'name' | 'path'): string {
  if (column === 'name') return `${name} collate "C"`;
  return column === 'updated_at' ? "coalesce(updated_at, '')" : "coalesce(created_at, '')";
}

const asFolder = (prefix: string): string => {
  const plain = prefix.replaceAll(/^\/+|\/+$/g, '');
  return plain === '' ? '' : `${plain}/`;
};

const asListed = ({ name, id, mime, bytes, sha256, created_at, updated_at }: Entry): ListedObject => ({
  name,
  id,
  created_at,
  updated_at,
  last_accessed_at: created_at,
  metadata:
    id === null
      ? null
      : {
          eTag: `"${sha256}"`,
          size: Number(bytes),
          mimetype: mime,
          cacheControl: 'no-cache',
          lastModified: updated_at,
          contentLength: Number(bytes),
          httpStatusCode: 200,
        },
});

const makeCursor = (sorted: string, path: string): string =>
  Buffer.from(JSON.stringify([sorted, path])).toString('base64url');

/** A cursor carries no right: it only says where in the person's own list to go on. Anything unreadable begins anew. */
function readCursor(cursor: string): [string, string] | null {
  try {
    const read = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    if (
      Array.isArray(read) &&
      read.length === 2 &&
      read.every((part) => typeof part === 'string' && !part.includes('\0'))
    )
      return read as [string, string];
  } catch {
    // Not one of ours.
  }
  return null;
}
