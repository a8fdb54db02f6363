import { randomUUID } from 'node:crypto';
import { e2eIds } from './stage.fixture.ts';

/** One request at every kind of door that asks for a session. */
export type Door = { name: string; method: string; path: string; body?: unknown; headers?: Record<string, string> };

const checkpoint = { checkpoint: null };
export const doors: Door[] = [
  { name: 'pull', method: 'POST', path: '/sync/v1/pull', body: checkpoint },
  { name: 'stream', method: 'POST', path: '/sync/v1/stream', body: checkpoint },
  { name: 'check', method: 'POST', path: '/sync/v1/check', body: { families: {} } },
  { name: 'push', method: 'POST', path: '/sync/v1/push', body: { ops: [{ op: randomUUID() }] } },
  { name: 'whoami', method: 'POST', path: '/functions/v1/whoami', body: {} },
  {
    name: 'revoke-device',
    method: 'POST',
    path: '/functions/v1/revoke-device',
    body: { device_id: randomUUID() },
    headers: { 'idempotency-key': randomUUID() },
  },
  { name: 'lesson-media-url', method: 'POST', path: '/functions/v1/lesson-media-url', body: { lesson_id: e2eIds.l1 } },
  {
    name: 'request-lesson-download',
    method: 'POST',
    path: '/functions/v1/request-lesson-download',
    body: { lesson_id: e2eIds.l1 },
  },
  { name: 'user', method: 'GET', path: '/auth/v1/user' },
  {
    name: 'change of password',
    method: 'PUT',
    path: '/auth/v1/user',
    body: { password: 'another calm river at dawn' },
  },
  { name: 'sign-out', method: 'POST', path: '/auth/v1/logout?scope=global' },
  { name: 'object', method: 'GET', path: `/storage/v1/object/attachments/x/${randomUUID()}.pdf` },
  {
    name: 'signing',
    method: 'POST',
    path: `/storage/v1/object/sign/attachments/x/${randomUUID()}.pdf`,
    body: { expiresIn: 60 },
  },
  {
    name: 'signing a list',
    method: 'POST',
    path: '/storage/v1/object/sign/attachments',
    body: { expiresIn: 60, paths: ['x'] },
  },
  {
    name: 'upload',
    method: 'POST',
    path: `/storage/v1/object/assignment-submissions/x/${randomUUID()}.pdf`,
    body: 'x',
  },
  { name: 'buckets', method: 'GET', path: '/storage/v1/bucket' },
  { name: 'list of files', method: 'POST', path: '/storage/v1/object/list/attachments', body: { prefix: '' } },
  { name: 'pages of files', method: 'POST', path: '/storage/v1/object/list-v2/attachments', body: {} },
  { name: 'facts of a file', method: 'GET', path: '/storage/v1/object/info/attachments/x/a.pdf' },
  {
    name: 'signing an upload',
    method: 'POST',
    path: `/storage/v1/object/upload/sign/attachments/x/${randomUUID()}.pdf`,
    body: {},
  },
  ...['move', 'copy'].map((verb) => ({
    name: verb,
    method: 'POST',
    path: `/storage/v1/object/${verb}`,
    body: { bucketId: 'attachments', sourceKey: 'x/a.pdf', destinationKey: 'x/b.pdf' },
  })),
  { name: 'removal', method: 'DELETE', path: '/storage/v1/object/assignment-submissions', body: { prefixes: ['x'] } },
  {
    name: 'resumable upload',
    method: 'POST',
    path: '/storage/v1/upload/resumable',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': '10',
      'upload-metadata': `bucketName ${btoa('assignment-submissions')}`,
    },
  },
];

/** Knocks with a token (null: none) and answers the status; the body is let go. */
export async function knock(
  url: string,
  door: Door,
  token: string | null,
  more: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(url + door.path, {
    method: door.method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      'sync-protocol': '1',
      ...(door.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...door.headers,
      ...more,
    },
    ...(door.body === undefined ? {} : { body: JSON.stringify(door.body) }),
  });
  await response.body?.cancel();
  return response.status;
}
