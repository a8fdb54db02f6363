import { bucketRules, canStore } from '#contract/rules/files.ts';
import { AppError } from '../../http/errors.ts';
import { mimeOf } from './file-kinds.ts';
import { placeOfObject, type ObjectName } from './object-name.ts';

/** The largest file this name may stand for; `limit` is that of an assignment or the company. */
export const maxBytes = (name: ObjectName, limit?: number): number =>
  placeOfObject(name)?.place.bytes ?? limit ?? bucketRules[name.bucket].bytes;

/**
 * Refuses what a place does not take, by the announced size and the name's ending, before a byte is read. `bytes` is null when
 * nobody announced a size: then it is counted as the bytes come.
 */
export function checkAnnounced(name: ObjectName, bytes: number | null, limit?: number): void {
  const mime = mimeOf(name);
  const file = { bucket: name.bucket, bytes: bytes ?? 1, mime: mime ?? '' };
  const verdict = mime ? canStore(file, maxBytes(name, limit), placeOfObject(name)?.place.types) : 'file_type';
  if (verdict === 'too_large') throw new AppError('TOO_LARGE');
  if (verdict === 'file_type')
    throw new AppError('FILE_TYPE', { message: `mime type ${mime ?? name.ending} is not supported` });
  if (verdict !== 'allowed') throw new AppError('INVALID_INPUT', { message: 'The file is empty.' });
}
