import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { settled, type Computer } from '../../testing/computer.ts';
import { onDisk, openRealStage, type RealPerson, type RealStage } from '../../testing/real-stage.ts';
import { until } from '../store.ts';
import { page, readable, workOnTrain } from '../../testing/train-work.ts';

vi.setConfig({ testTimeout: 90_000 });
let stage: RealStage;
let arrive: RealStage['arrive'];
let scene: Awaited<ReturnType<RealStage['studentWithSecrets']>>;
let student: RealPerson;

beforeAll(async () => {
  stage = await openRealStage();
  ({ arrive } = stage);
});
afterAll(() => stage.close());
beforeEach(async () => {
  scene = await stage.studentWithSecrets({ payment_status: 'paid' });
  ({ student } = scene);
});

type Answer = { order: string | null };
const isQuestion = (url: string): boolean => url.endsWith('/sync/v1/wipe-order');

test('a bare status code or a page of somebody else wipes nothing and ends nothing', async () => {
  const laptop = await arrive(student);
  const { computer, replica } = laptop;
  await workOnTrain(laptop, scene);
  computer.plug();
  const answers = [
    page(401),
    page(403),
    page(200),
    new Response('{}', { status: 401, headers: { 'content-type': 'application/json' } }),
    Response.json({ error: 'forbidden' }, { status: 403 }),
    Response.json({ order: 'wipe' }),
    Response.json({ success: false, code: 'WIPE_DUE', error: 'x' }, { status: 409 }),
  ];
  for (const answer of answers) {
    computer.between = () => answer.clone();
    replica.syncNow();
    await computer.wiper.look();
    expect(await computer.wiper.wipeIfOrdered(student.id).catch(() => false)).toBe(false);
  }
  expect(computer.session.getState().state).toBe('signed-in');
  for (const word of readable) expect(await onDisk(computer, word), word).not.toEqual([]);
  computer.between = null;
  replica.syncNow();
  await settled(replica);
});

test('an order of another question, device or person, or by another key, wipes nothing', async () => {
  const laptop = await arrive(student);
  const { computer } = laptop;
  await workOnTrain(laptop, scene);
  await stage.suspend(student);
  const ask = async (url: string, init: RequestInit | undefined): Promise<string | null> =>
    ((await (await fetch(url, init)).json()) as Answer).order;
  let genuine = '';
  // The true order, overheard and held back.
  computer.between = async (url, init) => {
    if (isQuestion(url)) genuine = (await ask(url, init)) ?? genuine;
    return isQuestion(url) ? page(502) : null;
  };
  computer.plug();
  laptop.replica.syncNow();
  await until(sessionState(computer), (state) => state === 'ended' || state === 'expired');
  await computer.wiper.look();
  expect(genuine).not.toBe('');

  const [head, body, signature] = genuine.split('.') as [string, string, string];
  const claims = JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/'))) as Record<string, unknown>;
  const encode = (value: unknown): string =>
    btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const own = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const signed = async (payload: object): Promise<string> => {
    const text = `${head}.${encode(payload)}`;
    const bytes = await crypto.subtle.sign(
      { name: 'ECDSA', hash: 'SHA-256' },
      own.privateKey,
      new TextEncoder().encode(text),
    );
    return `${text}.${btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, '')}`;
  };
  const orders: Record<string, (question: Record<string, string>) => string | Promise<string>> = {
    'replayed, of an earlier question': () => genuine,
    'with the nonce of now and the signature of then': ({ nonce }) =>
      `${head}.${encode({ ...claims, nonce })}.${signature}`,
    'signed by somebody else': ({ nonce }) => signed({ ...claims, nonce }),
    unsigned: ({ nonce }) => `${encode({ alg: 'none', typ: 'growthos-wipe+jwt' })}.${encode({ ...claims, nonce })}.`,
    'for another device': ({ nonce }) => signed({ ...claims, nonce, device_id: crypto.randomUUID() }),
    'no order at all': () => 'a.b.c',
  };
  for (const [name, forge] of Object.entries(orders)) {
    computer.between = async (url, init) =>
      isQuestion(url) ? Response.json({ order: await forge(JSON.parse(String(init?.body)) as never) }) : null;
    await computer.wiper.look();
    expect(computer.wiper.signedOut.get(), name).toBeNull();
    expect(await onDisk(computer, 'An attempt from the train'), name).not.toEqual([]);
  }
  // The proof that the look would have wiped: the true order does.
  computer.between = null;
  await computer.wiper.look();
  expect(computer.wiper.signedOut.get()).not.toBeNull();
  expect(await onDisk(computer, 'An attempt from the train')).toEqual([]);
});

test('a true order of the server, but about another person’s device, wipes nothing', async () => {
  const laptop = await arrive(student);
  await workOnTrain(laptop, scene);
  const other = await stage.person('student');
  const theirs = await stage.newComputer(other);
  await settled(await theirs.open());
  let question: RequestInit | undefined;
  theirs.between = (url, init) => {
    if (isQuestion(url)) question = init;
    return isQuestion(url) ? page(502) : null;
  };
  await stage.suspend(other);
  await until(sessionState(theirs), (state) => state === 'ended' || state === 'expired');
  await theirs.wiper.look();
  let given: string | null = null;
  laptop.computer.between = async (url) => {
    if (!isQuestion(url)) return null;
    const answer = (await (await fetch(url, question)).json()) as Answer;
    given = answer.order;
    return Response.json(answer);
  };
  await stage.suspend(student);
  laptop.computer.plug();
  laptop.replica.syncNow();
  await until(sessionState(laptop.computer), (state) => state === 'ended' || state === 'expired');
  await laptop.computer.wiper.look();
  expect(given).not.toBeNull();
  expect(laptop.computer.wiper.signedOut.get()).toBeNull();
  expect(await onDisk(laptop.computer, 'An attempt from the train')).not.toEqual([]);
});

const sessionState = ({ session }: Computer) => ({
  get: () => session.getState().state,
  subscribe: (listener: () => void) => session.subscribe(listener),
});
