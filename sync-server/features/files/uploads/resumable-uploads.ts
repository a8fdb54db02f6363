import type { IncomingMessage, ServerResponse } from 'node:http';
import { FileStore } from '@tus/file-store';
import { Server, type ServerOptions, type Upload } from '@tus/server';
import type { Deps } from '../../../deps.ts';
import { AppError } from '../../../http/errors.ts';
import { StorageRefusal, storageError, toStorageFault } from '../storage-errors.ts';
import type { Storage } from '../storage.ts';
import { answerGoneCallers } from './answer-gone-callers.ts';
import { finisher } from './finish-upload.ts';
import { readPlan } from './staged-upload.ts';
import { checkRoom } from './staging-room.ts';
import { chooseFileId, newUploadId, parseUploadId } from './upload-id.ts';
import { uploadLocker } from './upload-lock.ts';
import { uploadLifeMs } from './sweep-uploads.ts';
import { checkUpload, type Uploader } from './upload-right.ts';
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
  const locker = uploadLocker(deps.server);
  const { finish, isFinished } = finisher(deps, storage, locker, waiting);
  const store = stagingStore(storage, isFinished);

  const server = new Server({
    path: uploadPath,
    // The address the client knows the server by is the client's business (proxies, ports).
    relativeLocation: true,
    // Origins are the whole server's affair: its headers are already on the answer.
    allowedOrigins: () => false,
    datastore: store,
    locker,
    namingFunction: async (request, metadata) => {
      const plan = readPlan(metadata);
      const { id } = uploaderOf(request).actor;
      return newUploadId({ owner: id, fileId: await chooseFileId(deps.server, plan) });
    },
    onIncomingRequest: async (request, uploadId) => {
      const uploader = uploaderOf(request);
      if (parseUploadId(uploadId)?.owner !== uploader.actor.id) throw new AppError('NOT_FOUND');
      if (request.method === 'HEAD') await finishWhatIsWhole(store, uploadId, (upload) => finish(uploader, upload));
    },
    onUploadCreate: async (request, upload) => {
      if (upload.size === undefined) throw new AppError('INVALID_INPUT', { message: 'The size must be announced.' });
      const uploader = uploaderOf(request);
      const upsert = request.headers.get('x-upsert') === 'true';
      const { name, awaitsRow } = readPlan(upload.metadata);
      await checkUpload(deps, uploader, name, { bytes: upload.size, upsert, awaitsRow });
      await checkRoom(storage, uploader.actor.id);
      return { metadata: { ...upload.metadata, upsert: String(upsert) } };
    },
    onUploadFinish: async (request, upload) => {
      await finish(uploaderOf(request), upload);
      return {};
    },
    onResponseError: (_request, error) => {
      if ('status_code' in error) return undefined;
      const known = toStorageFault(error);
      if (known.code === 'INTERNAL_ERROR') deps.log.error({ err: known.cause ?? known }, 'upload failed');
      const { status, body } = storageError(known);
      // Bytes spoiled on the way (a power cut, a bad line) are thrown away; `Gone` makes the client begin again.
      if (known instanceof StorageRefusal && known.kind === 'spoiled')
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
      // Of the rest of a body that was broken off before it is read nothing would ever be heard.
      if (response.destroyed) return;
      uploaders.set(request, uploader);
      answerGoneCallers(response);
      await server.handle(request, response);
    },
  };
}

/**
 * A server that died between the last byte and the object left an upload that looks complete: whoever asks how far it came
 * brings it to its end first.
 */
async function finishWhatIsWhole(
  store: FileStore,
  id: string,
  finish: (upload: Upload) => Promise<void>,
): Promise<void> {
  const upload = await store.getUpload(id).catch(() => null);
  if (upload?.size !== undefined && upload.offset === upload.size && upload.storage !== undefined) await finish(upload);
}

/** tus' own file store; an upload whose bytes have become an object answers that it is complete, for a lost last answer. */
function stagingStore({ staging }: Storage, isFinished: (id: string) => Promise<boolean>): FileStore {
  const store = new FileStore({ directory: staging, expirationPeriodInMilliseconds: uploadLifeMs });
  const getUpload = store.getUpload.bind(store);
  store.getUpload = async (id) => {
    const known = await store.configstore.get(id);
    if (!known || !(await isFinished(id))) return getUpload(id);
    known.offset = known.size ?? 0;
    // Its bytes lie elsewhere by now.
    delete known.storage;
    return known;
  };
  return store;
}
