import type { IncomingMessage, ServerResponse } from 'node:http';
import { FileStore } from '@tus/file-store';
import { Server, type ServerOptions } from '@tus/server';
import type { Deps } from '../../../deps.ts';
import { AppError, toAppError } from '../../../http/errors.ts';
import type { ObjectName } from '../object-name.ts';
import { storageError } from '../storage-errors.ts';
import type { Storage } from '../storage.ts';
import { ChecksumError, settleUpload } from './settle-upload.ts';
import { readName, stagedUpload } from './staged-upload.ts';
import { checkRoom } from './staging-room.ts';
import { newUploadId, parseUploadId } from './upload-id.ts';
import { uploadLocker } from './upload-lock.ts';
import { uploadLifeMs } from './sweep-uploads.ts';
import { checkStillSignedIn, checkUpload, type Uploader } from './upload-right.ts';
import type { WaitingUploads } from './waiting-uploads.ts';

export const uploadPath = '/storage/v1/upload/resumable';

export type ResumableUploads = {
  handle(request: IncomingMessage, response: ServerResponse, uploader: Uploader): Promise<void>;
};

type TusRequest = Parameters<NonNullable<ServerOptions['onIncomingRequest']>>[0];

/** Resumable uploads by the TUS protocol, for signed-in people; every request is asked whose upload it is. */
export function resumableUploads(deps: Deps, storage: Storage, waiting: WaitingUploads): ResumableUploads {
  const uploaders = new WeakMap<IncomingMessage, Uploader>();
  const uploaderOf = (request: TusRequest): Uploader => {
    const found = request.runtime?.node && uploaders.get(request.runtime.node.req as IncomingMessage);
    if (!found) throw new AppError('AUTH_REQUIRED');
    return found;
  };

  const server = new Server({
    path: uploadPath,
    // The address the client knows the server by is the client's business (proxies, ports).
    relativeLocation: true,
    // Origins are the whole server's affair: its headers are already on the answer.
    allowedOrigins: () => false,
    datastore: stagingStore(deps, storage),
    locker: uploadLocker(deps.server),
    namingFunction: (request, metadata) => {
      return newUploadId({ owner: uploaderOf(request).actor.id, fileId: readName(metadata).fileId });
    },
    onIncomingRequest: async (request, uploadId) => {
      if (parseUploadId(uploadId)?.owner !== uploaderOf(request).actor.id) throw new AppError('NOT_FOUND');
    },
    onUploadCreate: async (request, upload) => {
      if (upload.size === undefined) throw new AppError('INVALID_INPUT', { message: 'The size must be announced.' });
      const uploader = uploaderOf(request);
      await checkUpload(deps, uploader, readName(upload.metadata), upload.size);
      await checkRoom(storage, uploader.actor.id);
      return {};
    },
    onUploadFinish: async (request, upload) => {
      const uploader = uploaderOf(request);
      await checkStillSignedIn(deps, uploader);
      const staged = stagedUpload(storage, upload);
      if (await isFinished(deps, staged)) return {};
      if ((await settleUpload(deps, storage, staged)) === 'waiting') waiting.add(staged);
      return {};
    },
    onResponseError: (_request, error) => {
      if ('status_code' in error) return undefined;
      const known = toAppError(error);
      if (known.code === 'INTERNAL_ERROR') deps.log.error({ err: known.cause ?? known }, 'upload failed');
      const { status, body } = storageError(known);
      // Bytes spoiled on the way (a power cut, a bad line) are thrown away; `Gone` makes the client begin again.
      if (known instanceof ChecksumError)
        return { status_code: 410, body: JSON.stringify({ ...body, statusCode: '410' }) };
      return { status_code: status, body: JSON.stringify(body) };
    },
  });

  // A client may take only our own JSON for a final refusal: whatever else answers is the network (decisions.md, safety 9).
  const write = server.write.bind(server);
  server.write = (context, headers, status, body = '') => {
    if (body.startsWith('{')) headers.set('content-type', 'application/json; charset=utf-8');
    return write(context, headers, status, body);
  };

  return {
    async handle(request, response, uploader) {
      uploaders.set(request, uploader);
      await server.handle(request, response);
    },
  };
}

async function isFinished({ server }: Deps, { owner, name }: { owner: string; name: ObjectName }): Promise<boolean> {
  const { rowCount } = await server.query("select from files where id = $1 and owner_id = $2 and status = 'ready'", [
    name.fileId,
    owner,
  ]);
  return rowCount === 1;
}

/** tus' own file store; an upload whose bytes have become an object answers that it is complete, for a lost last answer. */
function stagingStore(deps: Deps, { staging }: Storage): FileStore {
  const store = new FileStore({ directory: staging, expirationPeriodInMilliseconds: uploadLifeMs });
  const getUpload = store.getUpload.bind(store);
  store.getUpload = async (id) => {
    const known = await store.configstore.get(id);
    const owner = parseUploadId(id)?.owner;
    if (known && owner && (await isFinished(deps, { owner, name: readName(known.metadata) }))) {
      known.offset = known.size ?? 0;
      return known;
    }
    return getUpload(id);
  };
  return store;
}
