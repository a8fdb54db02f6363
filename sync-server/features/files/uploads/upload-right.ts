import type { Actor } from '#contract/roles.ts';
import { linkByPath, mayBring, type FoundPlace } from '#contract/rules/file-places.ts';
import { submissionLimits } from '#contract/rules/files.ts';
import { asActor, asServer } from '../../../db/as-actor.ts';
import type { Tx } from '../../../db/sql.ts';
import type { Deps } from '../../../deps.ts';
import type { Session } from '../../../http/auth.ts';
import { AppError } from '../../../http/errors.ts';
import { findLiveSession } from '../../../http/live-session.ts';
import { checkAnnounced, maxBytes } from '../accepted-files.ts';
import { findFile, isGone, type FileFacts } from '../file-row.ts';
import { lockIfUnused } from '../file-uses.ts';
import { placeOfObject, type ObjectName } from '../object-name.ts';
import { StorageRefusal } from '../storage-errors.ts';

/** Who brings bytes. */
export type Uploader = { actor: Actor; session: Session };

/** What is known before the bytes come. */
export type Announcement = {
  /** Null where the caller cannot say. */
  bytes: number | null;
  /** May take the place of an own file that nothing names. */
  upsert: boolean;
  /** The caller's device pushes the row of this file itself. */
  awaitsRow?: boolean;
};

/**
 * Asks, before a byte is taken, whether this person may bring these bytes to this place: for their own row, in the place of
 * their own file, or as a new file on a record they may hang files on. Answers the most bytes that may come; throws what the
 * caller may know. Asked again when the last byte has arrived.
 */
export async function checkUpload(
  deps: Deps,
  uploader: Uploader,
  name: ObjectName,
  { bytes, upsert, awaitsRow = false }: Announcement,
): Promise<number> {
  const limit = await submissionLimit(deps, name);
  checkAnnounced(name, bytes, limit);
  const { actor } = uploader;
  const row = await asActor(deps.people, actor, (tx) => findOrRefuse(tx, actor, name, awaitsRow), claimsOf(uploader));
  if (!row) await checkRoomForMore(deps, actor, name);
  // A device that lost the last answer begins again and learns on the way that its file is there.
  else if (row.status !== 'ready' || awaitsRow) checkExpected(row, bytes);
  else await checkReplaceable(deps, row, upsert);
  return bytes ?? maxBytes(name, limit);
}

/** The caller's own row under this name, or null when a new one may be made. */
async function findOrRefuse(tx: Tx, actor: Actor, name: ObjectName, awaitsRow: boolean): Promise<FileFacts | null> {
  // By the path first: it takes as long whether a stranger's file is there or not.
  const found = placeOfObject(name);
  if (!found || !mayBring(found, actor) || (await isClosed(tx, actor, found))) throw new AppError('PERMISSION_DENIED');
  const row = await findFile(tx, name);
  if (row) {
    if (row.owner_id !== actor.id) throw new AppError('PERMISSION_DENIED');
    return row;
  }
  // A device that was away too long: its row was given up meanwhile (workflows 3.36).
  if (awaitsRow && name.fileId && (await isGone(tx, name.fileId)))
    throw new AppError('INVALID_INPUT', { message: 'This file was removed.' });
  const link = linkByPath(found);
  const { rows } = await tx.query<{ allowed: boolean }>('select app_may_link($1, $2) as allowed', [
    link?.table ?? null,
    link?.id ?? null,
  ]);
  if (!rows[0]!.allowed) throw new AppError('PERMISSION_DENIED');
  return null;
}

/** Answers to the questionnaire are changed until it is handed in (data model §4). */
async function isClosed(tx: Tx, actor: Actor, { name }: FoundPlace): Promise<boolean> {
  if (name !== 'onboarding') return false;
  const { rowCount } = await tx.query('select from students where id = $1 and onboarding_completed', [actor.id]);
  return rowCount === 1;
}

/** A row that was announced fixes what its bytes must be. */
function checkExpected(row: FileFacts, bytes: number | null): void {
  if (row.status === 'quarantined') throw new AppError('FILE_TYPE');
  if (bytes !== null && row.bytes !== bytes)
    throw new AppError('INVALID_INPUT', { message: 'The size is not the one that was announced.' });
}

async function checkReplaceable({ server }: Deps, row: FileFacts, upsert: boolean): Promise<void> {
  if (!upsert) throw new StorageRefusal('exists');
  if (!(await asServer(server, (tx) => lockIfUnused(tx, row.id)))) throw new StorageRefusal('inUse');
}

/** What one person may have lying about without any record naming it; a record that names files has its own limits. */
const mostUnused = { files: 200, bytes: 2 * 1024 ** 3 };

async function checkRoomForMore({ server }: Deps, actor: Actor, name: ObjectName): Promise<void> {
  const found = placeOfObject(name);
  const link = found && linkByPath(found);
  if (link && found.place.perRecord !== undefined) {
    const { rows } = await server.query<{ files: number }>(
      "select count(*)::int as files from files where linked_table = $1 and linked_id = $2 and status <> 'deleted'",
      [link.table, link.id],
    );
    if (rows[0]!.files >= found.place.perRecord)
      throw new AppError('TOO_LARGE', { message: `No more than ${found.place.perRecord} files go here.` });
  }
  const { rows } = await server.query<{ files: number; bytes: number }>(
    `select count(*)::int as files, coalesce(sum(bytes), 0)::float8 as bytes from files
     where owner_id = $1 and bucket = $2 and linked_id is null and status in ('ready', 'quarantined')`,
    [actor.id, name.bucket],
  );
  const { files, bytes } = rows[0]!;
  if (files >= mostUnused.files || bytes >= mostUnused.bytes)
    throw new AppError('RATE_LIMIT_EXCEEDED', {
      message: 'Too many files that nothing uses. Hand them in or remove some.',
      retryAfter: 3600,
    });
}

/** Asked again when the last byte has arrived: an upload may take long, and people are signed out meanwhile. */
export async function checkStillSignedIn({ server, clock }: Deps, { actor, session }: Uploader): Promise<void> {
  const live = await findLiveSession(server, { sub: actor.id, session_id: session.id }, clock.now());
  if (!live || live.blocked || live.role !== actor.role) throw new AppError('AUTH_REQUIRED');
}

const claimsOf = ({ session }: Uploader) => ({ claims: { session_id: session.id, aal: session.aal } });

/** Submissions are limited by their assignment, else by the company (data model §4); other places by themselves. */
async function submissionLimit({ server }: Deps, name: ObjectName): Promise<number | undefined> {
  if (name.bucket !== 'assignment-submissions') return undefined;
  return asServer(server, async (tx) => {
    const { rows } = await tx.query<Limits>(
      `select a.max_files, a.max_file_mb, c.submission_max_files, c.submission_max_file_mb
       from company_settings c left join assignments a on a.id::text = $1`,
      [name.folders[1] ?? ''],
    );
    return rows[0] && submissionLimits(rows[0], rows[0]).bytes;
  });
}

type Limits = Parameters<typeof submissionLimits>[0] & Parameters<typeof submissionLimits>[1];
