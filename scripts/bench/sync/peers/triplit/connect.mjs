import { createHmac } from 'node:crypto';
import { TriplitClient } from '@triplit/client';
import WebSocket from 'ws';
import { collections } from './schema.mjs';

globalThis.WebSocket ??= WebSocket;
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = Math.floor(Date.now() / 1000);
const claims = {
  'x-triplit-token-type': 'secret',
  'x-triplit-project-id': 'bench',
  iat: now,
  exp: now + 3600,
};
const unsigned = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
const token = `${unsigned}.${createHmac('sha256', 'secret').update(unsigned).digest('base64url')}`;

/** A client with its documents in memory; `autoConnect` false waits for `connect()`. */
export const connect = (port, autoConnect = true) =>
  new TriplitClient({
    schema: collections,
    storage: 'memory',
    serverUrl: `http://127.0.0.1:${port}`,
    token,
    autoConnect,
    logLevel: 'error',
  });
