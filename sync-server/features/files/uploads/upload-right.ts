import type { Actor } from '#contract/roles.ts';
import { submissionLimits } from '#contract/rules/files.ts';
import { asActor, asServer } from '../../../db/as-actor.ts';
import type { Deps } from '../../../deps.ts';
import type { Session } from '../../../http/auth.ts';
import { AppError } from '../../../http/errors.ts';
import { findLiveSession } from '../../../http/live-session.ts';
import { checkAnnounced } from '../accepted-files.ts';
import { findFile } from '../file-row.ts';
import { isOwnPath, type ObjectName } from '../object-name.ts';

/** Who brings bytes. */
export type Uploader = { actor: Actor; session: Session };

/**
 * Asks, before a byte is taken, whether this person may bring these bytes to this place: under their own row, or, while the
 * row is still on its way, below their own folder. Throws what the caller may know.
 */
export async function checkUpload(deps: Deps, uploader: Uploader, name: ObjectName, bytes: number): Promise<void> {
  checkAnnounced(name, bytes, await submissionLimit(deps, name));
  const row = await asActor(deps.people, uploader.actor, (tx) => findFile(tx, name), claimsOf(uploader));
  if (row ? row.owner_id !== uploader.actor.id : !isOwnPath(name, uploader.actor.id))
    throw new AppError('PERMISSION_DENIED');
  if (!row) return;
  if (row.status === 'quarantined') throw new AppError('FILE_TYPE');
  if (row.status === 'deleted') throw new AppError('INVALID_INPUT', { message: 'This file was removed.' });
  if (row.bytes !== bytes)
    throw new AppError('INVALID_INPUT', { message: 'The size is not the one that was announced.' });
}

/** Asked again when the last byte has arrived: an upload may take long, and people are signed out meanwhile. */
export async function checkStillSignedIn({ server, clock }: Deps, { actor, session }: Uploader): Promise<void> {
  const live = await findLiveSession(server, { sub: actor.id, session_id: session.id }, clock.now());
  if (!live || live.blocked) throw new AppError('AUTH_REQUIRED');
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
