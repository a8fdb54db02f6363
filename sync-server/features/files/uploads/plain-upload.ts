import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../../deps.ts';
import { AppError } from '../../../http/errors.ts';
import type { ObjectName } from '../object-name.ts';
import type { Storage } from '../storage.ts';
import { settleUpload } from './settle-upload.ts';
import { checkRoom } from './staging-room.ts';
import { checkStillSignedIn, checkUpload } from './upload-right.ts';
import type { WaitingUploads } from './waiting-uploads.ts';

/** A browser's Blob comes as a form, which is read in memory; larger files use the resumable door. */
const formLimit = 12 * 1024 * 1024;

/**
 * One whole file in one request, as storage-js `upload` sends it. Takes the same way as a resumable upload: announced size,
 * right, bytes, right again, checks, object.
 */
export async function receiveUpload(
  deps: Deps,
  storage: Storage,
  waiting: WaitingUploads,
  request: FastifyRequest,
  name: ObjectName,
): Promise<void> {
  const body = await readBody(request);
  const uploader = { actor: request.actor, session: request.session };
  await checkUpload(deps, uploader, name, body.bytes);
  await mkdir(storage.staging, { recursive: true, mode: 0o700 });
  await checkRoom(storage, uploader.actor.id);
  const file = join(storage.staging, `${uploader.actor.id}_plain_${randomBytes(16).toString('hex')}`);
  try {
    await pipeline(body.stream, exactly(body.bytes), createWriteStream(file, { mode: 0o600 }));
    await checkStillSignedIn(deps, uploader);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  const upload = { owner: uploader.actor.id, name, file };
  if ((await settleUpload(deps, storage, upload)) === 'waiting') waiting.add(upload);
}

type Body = { bytes: number; stream: Readable };

async function readBody(request: FastifyRequest): Promise<Body> {
  const announced = Number(request.headers['content-length']);
  if (!Number.isSafeInteger(announced)) throw new AppError('INVALID_INPUT', { message: 'Content-Length is needed.' });
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { bytes: announced, stream: request.raw };
  if (announced > formLimit) throw new AppError('TOO_LARGE');
  const form = await new Response(Readable.toWeb(request.raw) as ReadableStream, { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw new AppError('INVALID_INPUT', { message: 'The form could not be read.', cause });
    });
  const file = [...form.values()].find((value) => value instanceof Blob);
  if (!file) throw new AppError('INVALID_INPUT', { message: 'The form holds no file.' });
  return { bytes: file.size, stream: Readable.fromWeb(file.stream() as Parameters<typeof Readable.fromWeb>[0]) };
}

/** Fails as soon as more bytes come than were announced and checked. */
function exactly(bytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      done(seen > bytes ? new AppError('TOO_LARGE') : null, chunk);
    },
  });
}
