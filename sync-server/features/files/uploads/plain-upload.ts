import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../../deps.ts';
import { AppError } from '../../../http/errors.ts';
import type { ObjectName } from '../object-name.ts';
import type { Storage } from '../storage.ts';
import { readForm } from './form-body.ts';
import { settleUpload } from './settle-upload.ts';
import { readDetails, type StagedUpload } from './staged-upload.ts';
import { checkRoom } from './staging-room.ts';
import { chooseFileId } from './upload-id.ts';
import { checkStillSignedIn, checkUpload, type Uploader } from './upload-right.ts';
import type { WaitingUploads } from './waiting-uploads.ts';

/** What a form carries beside its file, at most. */
const formRoom = 16 * 1024;

/**
 * One whole file in one request, as storage-js `upload` and `update` send it. Takes the same way as a resumable upload:
 * announced size, right, bytes, right again, checks, object. Answers the id of the file's row.
 */
export async function receiveUpload(
  deps: Deps,
  storage: Storage,
  waiting: WaitingUploads,
  request: FastifyRequest,
  { uploader, name, upsert }: { uploader: Uploader; name: ObjectName; upsert: boolean },
): Promise<string> {
  const isForm = (request.headers['content-type'] ?? '').startsWith('multipart/form-data');
  const announced = announcedBytes(request);
  // A form's own length is not its file's: enough to refuse what is far too large, and the bytes are counted anyway.
  const atLeast = isForm && announced !== null ? Math.max(1, announced - formRoom) : announced;
  const most = await checkUpload(deps, uploader, name, { bytes: isForm ? null : announced, upsert });
  if (atLeast !== null && atLeast > most) throw new AppError('TOO_LARGE');
  await mkdir(storage.staging, { recursive: true, mode: 0o700 });
  await checkRoom(storage, uploader.actor.id);

  const file = join(storage.staging, `${uploader.actor.id}_plain_${randomBytes(16).toString('hex')}`);
  try {
    const body = isForm ? await readFormBody(request) : readRawBody(request);
    await pipeline(body.bytes, noMoreThan(most), createWriteStream(file, { mode: 0o600, flush: true }));
    await checkStillSignedIn(deps, uploader);
    await checkUpload(deps, uploader, name, { bytes: null, upsert });
    const fileId = await chooseFileId(deps.server, { name, awaitsRow: false });
    const upload: StagedUpload = {
      ...{ owner: uploader.actor.id, name, file, fileId, upsert, awaitsRow: false },
      ...{ cacheControl: body.cacheControl, details: body.details },
    };
    if ((await settleUpload(deps, storage, upload)) === 'waiting') waiting.add(upload);
    return fileId;
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

type Body = { bytes: AsyncIterable<Buffer> } & Pick<StagedUpload, 'cacheControl' | 'details'>;

async function readFormBody(request: FastifyRequest): Promise<Body> {
  const { fields, file } = await readForm(request.headers['content-type']!, request.raw);
  return { bytes: file, cacheControl: short(fields.get('cacheControl')), details: readDetails(fields.get('metadata')) };
}

function readRawBody({ headers, raw }: FastifyRequest): Body {
  const said = headers['x-metadata'];
  const details = typeof said === 'string' ? Buffer.from(said, 'base64').toString() : undefined;
  return { bytes: raw, cacheControl: short(headers['cache-control']), details: readDetails(details) };
}

const short = (said: string | undefined): string | null => (said !== undefined && said.length <= 60 ? said : null);

/** The size a request says it has; null for a stream of unknown length. */
function announcedBytes({ headers }: FastifyRequest): number | null {
  const said = headers['content-length'];
  if (said === undefined) return null;
  const bytes = Number(said);
  if (!Number.isSafeInteger(bytes)) throw new AppError('INVALID_INPUT', { message: 'Content-Length does not fit.' });
  return bytes;
}

/** Fails as soon as more bytes come than were checked, and when none came at all. */
function noMoreThan(bytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      done(seen > bytes ? new AppError('TOO_LARGE') : null, chunk);
    },
    flush: (done) => done(seen === 0 ? new AppError('INVALID_INPUT', { message: 'The file is empty.' }) : null),
  });
}
