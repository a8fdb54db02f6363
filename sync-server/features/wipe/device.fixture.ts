import { webcrypto } from 'node:crypto';
import { deviceKeyHeader, wipeProofText, type WipeKey } from '#contract/api/wipe.ts';
import { protocolVersion, syncHeaders } from '#contract/protocol.ts';
import type { TestServer } from '../../testing/api-client.ts';

const { subtle } = webcrypto;
const text = (bytes: ArrayBuffer | Uint8Array): string => Buffer.from(bytes as Uint8Array).toString('base64url');

type Told = { status: number; code?: string; wipe_key?: WipeKey };

/** A device as the server meets it: an id, a key of its local data, and what it remembers of the server. */
export type FixtureDevice = {
  id: string;
  /** The header that names its key. */
  key: string;
  ask(more?: Partial<Record<'device_id' | 'user_id' | 'nonce' | 'kid' | 'proof', string>>): Promise<string | null>;
  report(order: string): Promise<string | null>;
  /** Pulls as a signed-in person; the answer's status and code, and the key for orders it was told. */
  pull(token: string): Promise<Told>;
  /** Any request of /sync/v1 as a signed-in person, with the device's key unless another (null: none) is given. */
  sync(path: string, body: object, token: string, key?: string | null): Promise<Told>;
  /** The key for orders that it knows. */
  knows?: WipeKey;
};

export async function createFixtureDevice(server: TestServer, userId: string, id: string): Promise<FixtureDevice> {
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const key = text(await subtle.exportKey('raw', pair.publicKey));
  const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}/sync/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const device: FixtureDevice = {
    id,
    key,
    async ask(more = {}) {
      const nonce = text(webcrypto.getRandomValues(new Uint8Array(32)));
      const question = { device_id: id, user_id: userId, nonce, kid: device.knows?.kid ?? 'none', ...more };
      const signed = await subtle.sign(
        { name: 'ECDSA', hash: 'SHA-256' },
        pair.privateKey,
        new TextEncoder().encode(wipeProofText(question)),
      );
      const answer = await post('wipe-order', { proof: text(signed), ...question });
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { order: string | null }).order;
    },
    async report(order) {
      return ((await (await post('wiped', { order })).json()) as { wiped_at: string | null }).wiped_at;
    },
    pull: (token) => device.sync('pull', { checkpoint: null }, token),
    async sync(path, body, token, named = key) {
      const answer = await post(path, body, {
        authorization: `Bearer ${token}`,
        [syncHeaders.protocol]: String(protocolVersion),
        [syncHeaders.device]: id,
        ...(named === null ? {} : { [deviceKeyHeader]: named }),
      });
      const first = JSON.parse(await firstLine(answer)) as {
        code?: string;
        wipe_key?: WipeKey;
        details?: { wipe_key: WipeKey };
      };
      device.knows = first.wipe_key ?? first.details?.wipe_key ?? device.knows;
      return { status: answer.status, ...(first.code && { code: first.code }), wipe_key: device.knows };
    },
  };
  return device;
}

/** A stream has no end, so no more than its first line is waited for. */
async function firstLine(answer: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of answer.body!) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0]!;
}
