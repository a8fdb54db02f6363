import { createHash } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { VerifiedReceipt } from '#contract/api/receipts.ts';
import type { Evidence } from '#contract/protocol.ts';
import { handedInText, type Receipt } from '#contract/rules/receipts.ts';
import { rotateSigningKeys } from '../../http/signing-keys.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { signAnchor, signReceipt, verifyReceipt } from '../../sync/evidence.ts';
import { createChain, handIn, openAcademy, outcome, type Academy, type Chain } from '../../testing/academy.ts';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import { createDevice, createPerson } from '../../testing/people.ts';
import { pull } from '../../testing/sync-client.ts';

const password = 'a calm river at dawn';
const started = '2027-03-01T08:00:00.000Z';
const hour = 3_600_000;
let academy: Academy;
let chain: Chain;
let server: TestServer;

beforeAll(async () => {
  academy = await openAcademy();
  server = await startServer(academy.database, { clock: academy.clock });
});
afterAll(async () => {
  await server.close();
  await academy.database.drop();
});
beforeEach(async () => {
  academy.clock.set(started);
  chain = await createChain(academy);
});

const now = () => academy.clock.now().toISOString();
const keys = async () =>
  (await (await fetch(`${server.url}/receipts/v1/jwks.json`)).json()) as JSONWebKeySet & { keys: { kid: string }[] };
const signIn = async (role: 'admin' | 'mentor') =>
  server.signIn((await createPerson(academy.database.server, role, { password })).email, password);
const verify = async (client: Client, receipt: string): Promise<VerifiedReceipt> => {
  const response = await client.call('POST', '/functions/v1/verify-receipt', { receipt });
  return ((await response.json()) as { data: VerifiedReceipt }).data;
};

type Sent = { evidence?: Evidence; columns?: Record<string, unknown>; at?: string; device?: string | null };
/** Hands in and answers the receipt that came with the verdict. */
async function receiptOf({ evidence, columns = {}, at = now(), device = chain.device }: Sent = {}): Promise<string> {
  const work = { ...handIn(chain.student.id, chain.a1, at, columns), evidence };
  const [verdict] = await academy.push(chain.student, [work], device);
  expect(outcome(verdict)).toBe('ok');
  return (verdict as unknown as { doc: { receipt: string } }).doc.receipt;
}
const read = async (token: string): Promise<Receipt> => (await verifyReceipt(academy.deps, token))!;
const anchor = (person = chain.student.id, device = chain.device) =>
  signAnchor(academy.deps, person, device, academy.clock.now());
/** Work of 4 March that is sent on the 12th, with what the device knows of the time since 1 March. */
async function sendLate(least_ms: number, most_ms: number, given?: { person?: string; device?: string }) {
  await academy.rows('update assignments set due_days = 4 where id = $1', [chain.a1]);
  const held = await anchor(given?.person, given?.device);
  academy.clock.set('2027-03-12T10:00:00.000Z');
  return read(await receiptOf({ at: '2027-03-04T15:00:00.000Z', evidence: { anchor: held, least_ms, most_ms } }));
}

describe('an accepted attempt has a receipt', () => {
  test('of its text, links and files, which anybody can verify by the public keys', async () => {
    const file = await insertRow(academy.database.server, 'files', {
      id: uuidv7(),
      bucket: 'assignment-submissions',
      owner_id: chain.student.id,
      path: `${chain.student.id}/plan.pdf`,
      original_name: 'plan.pdf',
      mime: 'application/pdf',
      bytes: 2_000_000,
      sha256: 'a'.repeat(64),
      status: 'ready',
    });
    await academy.rows("update assignments set submission_type = 'file' where id = $1", [chain.a1]);
    const token = await receiptOf({ columns: { content: 'Mein Plan: größer', file_ids: [file] } });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await keys()));
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'receipt+jwt' });
    const text = handedInText({
      content: 'Mein Plan: größer',
      links: [],
      files: [{ id: file, sha256: 'a'.repeat(64) }],
    });
    expect(payload).toEqual({
      code: expect.stringMatching(/^\w{4}-\w{4}-\w{4}$/),
      submission_id: expect.any(String),
      student_id: chain.student.id,
      assignment_id: chain.a1,
      version: 1,
      sha256: createHash('sha256').update(text).digest('hex'),
      device_time: { from: started, to: started, anchored: false },
      handed_in_at: started,
      is_late: false,
      received_at: started,
    });
  });

  test('a device cannot bring its own, and a refused attempt has none', async () => {
    const token = await receiptOf({ columns: { receipt: 'mine' } });
    expect(await read(token)).toMatchObject({ student_id: chain.student.id });
    const [refused] = await academy.push(chain.student, [handIn(chain.student.id, chain.a1, now())]);
    expect(outcome(refused)).toBe('submission_open');
    expect(await academy.rows('select receipt from submissions where student_id = $1', [chain.student.id])).toEqual([
      { receipt: token },
    ]);
  });

  test('those who read the work read its receipt', async () => {
    const token = await receiptOf();
    const { docs } = await pull(await signIn('admin'), null);
    expect(
      docs.filter(({ type, student_id }) => type === 'submissions' && student_id === chain.student.id),
    ).toMatchObject([{ receipt: token }]);
  });
});

describe('verify-receipt', () => {
  test('tells whether it is ours, and whether the work is still the same', async () => {
    const token = await receiptOf();
    const admin = await signIn('admin');
    const receipt = await read(token);
    expect(await verify(admin, token)).toEqual({ valid: true, receipt, work: 'same' });
    await academy.rows("update submissions set content = 'Another answer' where id = $1", [receipt.submission_id]);
    expect(await verify(admin, token)).toEqual({ valid: true, receipt, work: 'changed' });
    expect(await verify(await signIn('mentor'), token)).toEqual({ valid: true, receipt, work: 'unseen' });
  });

  test('takes neither an altered receipt, nor one for something else, nor nonsense', async () => {
    const token = await receiptOf();
    const [head, body, signature] = token.split('.') as [string, string, string];
    const altered = Buffer.from(
      JSON.stringify({ ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as Receipt), is_late: true }),
    ).toString('base64url');
    const admin = await signIn('admin');
    const nothing = { valid: false, receipt: null, work: null };
    expect(await verify(admin, `${head}.${altered}.${signature}`)).toEqual(nothing);
    expect(await verify(admin, await anchor())).toEqual(nothing);
    expect(await verify(admin, admin.session.access_token)).toEqual(nothing);
    expect(await verify(admin, 'nonsense')).toEqual(nothing);
  });

  test('a receipt holds after its key was replaced, and opens no door', async () => {
    const token = await receiptOf();
    const earlier = await keys();
    await rotateSigningKeys(academy.database.server, { purpose: 'evidence' });
    await jwtVerify(token, createLocalJWKSet(await keys()));
    expect((await keys()).keys.map(({ kid }) => kid)).toEqual(
      expect.arrayContaining(earlier.keys.map(({ kid }) => kid)),
    );
    const answer = await fetch(`${server.url}/functions/v1/whoami`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(401);
  });
});

describe('late work is judged by the signed time a device held, and the time it measured since', () => {
  const elapsed = 79 * hour;

  test('measured without a break: one moment, and in time', async () => {
    expect(await sendLate(elapsed, elapsed)).toMatchObject({
      device_time: { from: '2027-03-04T15:00:00.000Z', to: '2027-03-04T15:00:00.000Z', anchored: true },
      handed_in_at: '2027-03-04T15:00:00.000Z',
      is_late: false,
      received_at: '2027-03-12T10:00:00.000Z',
    });
  });

  test('restarted in between: an interval, in which the device is believed', async () => {
    expect(await sendLate(2 * hour, 90 * hour)).toMatchObject({
      device_time: { from: '2027-03-01T10:00:00.000Z', to: '2027-03-05T02:00:00.000Z', anchored: true },
      is_late: false,
    });
  });

  test('a computer’s clock that was set back contradicts what was measured: received is what counts', async () => {
    expect(await sendLate(200 * hour, 200 * hour)).toMatchObject({
      handed_in_at: '2027-03-12T10:00:00.000Z',
      is_late: true,
    });
  });

  test('the anchor of another person or another device backs nothing', async () => {
    const stranger = await createPerson(academy.database.server, 'student');
    const theirs = await createDevice(academy.database.server, stranger.id);
    expect(await sendLate(elapsed, elapsed, { person: stranger.id })).toMatchObject({
      device_time: { anchored: false },
    });
    chain = await createChain(academy);
    academy.clock.set(started);
    expect(await sendLate(elapsed, elapsed, { device: theirs })).toMatchObject({ device_time: { anchored: false } });
  });

  test('neither does one that nobody signed for it: a receipt, or words', async () => {
    const forged = await signReceipt(academy.deps, { ...(await read(await receiptOf())), code: 'AAAA-AAAA-AAAA' });
    for (const given of [forged, 'a.b.c', 'words']) {
      chain = await createChain(academy);
      const receipt = await read(await receiptOf({ evidence: { anchor: given, least_ms: 0, most_ms: 0 } }));
      expect(receipt.device_time.anchored).toBe(false);
    }
  });

  test('a device gets its anchor with every hello, and may use it', async () => {
    const client = await signIn('mentor');
    const { frames } = await pull(client, null);
    const { payload } = await jwtVerify((frames[0] as { anchor: string }).anchor, createLocalJWKSet(await keys()));
    expect(payload).toEqual({ sub: client.userId, device: client.deviceId, at: started });
  });
});
