import { createReadStream } from 'node:fs';
import { fileTypeFromFile } from 'file-type';
import { bucketRules, canStore } from '#contract/rules/files.ts';
import { AppError } from '../../http/errors.ts';
import type { ObjectName } from './object-name.ts';

/** One kind of file: the type it is kept and served as, and what its bytes must be recognised as. */
type Kind = { mime: string; recognised: readonly string[] };

/**
 * Every kind that may be stored at all, by the ending of its name; programs, scripts, SVG and HTML are not among them.
 * A modern office file written by an unusual program is recognised as a plain zip only, which is harmless; the old ones
 * share one container, and text has no marks of its own.
 */
const kinds: Readonly<Record<string, Kind>> = {
  pdf: { mime: 'application/pdf', recognised: ['pdf'] },
  doc: { mime: 'application/msword', recognised: ['cfb'] },
  docx: {
    mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    recognised: ['docx', 'zip'],
  },
  xls: { mime: 'application/vnd.ms-excel', recognised: ['cfb'] },
  xlsx: { mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', recognised: ['xlsx', 'zip'] },
  ppt: { mime: 'application/vnd.ms-powerpoint', recognised: ['cfb'] },
  pptx: {
    mime: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    recognised: ['pptx', 'zip'],
  },
  txt: { mime: 'text/plain', recognised: ['text'] },
  csv: { mime: 'text/csv', recognised: ['text'] },
  md: { mime: 'text/markdown', recognised: ['text'] },
  jpg: { mime: 'image/jpeg', recognised: ['jpg'] },
  jpeg: { mime: 'image/jpeg', recognised: ['jpg'] },
  png: { mime: 'image/png', recognised: ['png', 'apng'] },
  gif: { mime: 'image/gif', recognised: ['gif'] },
  webp: { mime: 'image/webp', recognised: ['webp'] },
  zip: { mime: 'application/zip', recognised: ['zip', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp'] },
  mp4: { mime: 'video/mp4', recognised: ['mp4', 'm4v', 'mov'] },
  mp3: { mime: 'audio/mpeg', recognised: ['mp3'] },
};

/** The type a file with this name is kept as, null when there is no such kind. */
export const mimeOf = ({ ending }: ObjectName): string | null => kinds[ending]?.mime ?? null;

const megabyte = 1024 * 1024;

/** The largest file this place takes; `limit` is the narrower one of an assignment or the company. */
export function maxBytes({ bucket, folders }: ObjectName, limit: number = bucketRules[bucket].bytes): number {
  if (bucket === 'student-documents' && folders[1] === 'payment-proofs') return 8 * megabyte;
  if (bucket === 'attachments' && folders[0] === 'avatars') return 5 * megabyte;
  if (bucket === 'attachments' && (folders[0] === 'tickets' || folders[0] === 'messages')) return 10 * megabyte;
  return limit;
}

/** Refuses what a place does not take, by the announced size and the name's ending, before a byte is read. */
export function checkAnnounced(name: ObjectName, bytes: number, limit?: number): void {
  const mime = mimeOf(name);
  const verdict = mime ? canStore({ bucket: name.bucket, bytes, mime }, maxBytes(name, limit)) : 'file_type';
  if (verdict === 'too_large') throw new AppError('TOO_LARGE');
  if (verdict === 'file_type') throw new AppError('FILE_TYPE');
  if (verdict !== 'allowed') throw new AppError('INVALID_INPUT', { message: 'The file is empty.' });
}

/** Whether the bytes are what the name says. Looks at the content only: names and declared types are anybody's word. */
export async function isWhatItSays(path: string, ending: string): Promise<boolean> {
  const kind = kinds[ending];
  if (!kind) return false;
  const found = await fileTypeFromFile(path);
  if (found) return kind.recognised.includes(found.ext);
  return kind.recognised.includes('text') && (await isText(path));
}

/** Plain text: valid UTF-8 without NUL from end to end. */
async function isText(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(path)) {
      if ((chunk as Buffer).includes(0)) return false;
      decoder.decode(chunk as Buffer, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Kinds that a browser may show in place: none of them can run anything. Everything else is downloaded. */
const shownInPlace = /^(application\/pdf|image\/(png|jpeg|gif|webp)|video\/(mp4|webm)|text\/plain)\b/;
export const isShownInPlace = (mime: string): boolean => shownInPlace.test(mime);
