import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createComputer, settled, type Computer } from '../../testing/computer.ts';
import { startRealServer, type RealServer } from '../../testing/real-server.ts';
import { until } from '../store.ts';
import type { Replica } from '../types.ts';

vi.setConfig({ testTimeout: 90_000 });
const password = 'a calm river at dawn';
let server: RealServer;
const computers: Computer[] = [];

type Person = { id: string; email: string };
let office: Computer;
let student: Person;
let lesson: string;
let task: string;

beforeAll(async () => {
  server = await startRealServer();
  await server.people.createCompany(server.db);
  const sana = await server.people.createPerson(server.db, 'superadmin', { password });
  office = await createComputer(server.url, sana.email, password);
  computers.push(office);
});
afterAll(async () => {
  for (const one of computers) await one.close();
  await server.close();
});
beforeEach(async () => {
  const { db, people } = server;
  student = await people.createPerson(db, 'student', { password, full_name: 'Ayesha Unforgettable' });
  const course = await people.createCourse(db, { title: 'A course of secrets' });
  lesson = await people.createLesson(db, await people.createModule(db, course), {
    description: 'The secret of the lesson',
  });
  task = await people.createAssignment(db, lesson, { instructions: 'Secret instructions' });
  await people.openLesson(db, student.id, lesson);
  await people.enrol(db, student.id, { course_id: course, payment_status: 'paid' });
});

async function command(name: string, input: object): Promise<void> {
  const connection = (await office.session.connection())!;
  const response = await connection.fetch(`${server.url}/functions/v1/${name}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await connection.accessToken()}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(input),
  });
  expect(await response.text()).toMatch(/^\{"success":true/);
}
const suspend = () => command('suspend-student', { user_id: student.id, cause: 'manual', reason: 'words for staff' });
async function lift(): Promise<void> {
  const [open] = await server.query('select id from suspensions where user_id = $1 and lifted_at is null', [
    student.id,
  ]);
  await command('lift-suspension', { user_id: student.id, suspension_id: open!['id'], reason: 'sorted out' });
}

async function arrive(): Promise<{ computer: Computer; replica: Replica }> {
  const computer = await createComputer(server.url, student.email, password);
  computers.push(computer);
  const replica = await computer.open();
  await settled(replica);
  return { computer, replica };
}

async function onDisk(computer: Computer, text: string): Promise<string[]> {
  return [...(await computer.disk())].flatMap(([place, rows]) =>
    rows.filter((row) => row.includes(text)).map(() => place),
  );
}

const pdf = new TextEncoder().encode('%PDF-1.4\n%âãÏÓ\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
const attempt = () =>
  server.query('select content, client_submitted_at, status from submissions where student_id = $1', [student.id]);

/** Work done on a train: a note, an attempt with a file, and half a thought. */
async function work({ computer, replica }: { computer: Computer; replica: Replica }): Promise<{ handedIn: string }> {
  computer.unplug();
  await until(replica.syncState, ({ status }) => status === 'offline' || status === 'unreachable');
  const note = { user_id: student.id, lesson_id: lesson, at_seconds: 30, body: 'A note from the train', copy_of: null };
  await replica.writes.insert('lesson_notes', note);
  const id = crypto.randomUUID();
  const target = {
    bucket: 'assignment-submissions',
    linked_table: 'submissions',
    linked_id: id,
    subject_id: task,
  } as const;
  const file = await replica.attach(new File([pdf], 'plan of the train.pdf', { type: 'application/pdf' }), target);
  const handedIn = new Date().toISOString();
  await replica.writes.insert('submissions', {
    id,
    assignment_id: task,
    student_id: student.id,
    content: 'An attempt from the train',
    links: [],
    file_ids: [file],
    client_submitted_at: handedIn,
    based_on: null,
    status: 'pending',
    version: 1,
  });
  await replica.saveDraft('reply/of-a-ticket', { text: 'Half a thought' });
  return { handedIn };
}

const readable = [
  'Ayesha Unforgettable',
  'The secret of the lesson',
  'Secret instructions',
  'A note from the train',
  'An attempt from the train',
  'plan of the train.pdf',
];

async function meet({ computer, replica }: { computer: Computer; replica: Replica }): Promise<void> {
  computer.plug();
  replica.syncNow();
  await until(computer.wiper.signedOut, (at) => at !== null);
}

test('a suspended student’s device is signed out and empty at its next contact; the lift brings all the work back', async () => {
  const laptop = await arrive();
  const { computer } = laptop;
  const { handedIn } = await work(laptop);
  for (const word of readable) expect(await onDisk(computer, word), word).not.toEqual([]);
  await suspend();
  await meet(laptop);
  expect(computer.session.getState()).toMatchObject({ state: 'none', user: null });
  for (const word of [...readable, 'Half a thought', '%PDF', student.email])
    expect(await onDisk(computer, word), word).toEqual([]);
  expect([...(await computer.disk()).keys()].filter((place) => place.includes(student.id))).toEqual([]);
  // What is left is the held work, and nobody here can open it.
  expect(
    [...(await computer.disk()).entries()]
      .filter(([, rows]) => rows.length > 0)
      .map(([place]) => place.split('/')[1] ?? place),
  ).toEqual(expect.arrayContaining(['held', 'files', 'storage']));
  // Told to the person first, and to the server after that.
  await expect
    .poll(() => server.query('select wiped_at is not null as done from devices where user_id = $1', [student.id]))
    .toEqual([{ done: true }]);
  await expect(computer.signIn()).rejects.toThrow('user_banned');

  await computer.wiper.acknowledge();
  expect(computer.wiper.signedOut.get()).toBeNull();
  await lift();
  await computer.signIn();
  const again = await computer.open();
  await settled(again);
  expect(again.held.get()).toMatchObject({ pieces: 3 });
  const texts = (await again.readHeld()).map(({ text }) => text).join('\n');
  for (const text of ['A note from the train', 'An attempt from the train', 'Half a thought'])
    expect(texts).toContain(text);
  await again.restoreHeld();
  expect(again.held.get()).toBeNull();
  await settled(again);
  expect(again.problems.get()).toEqual([]);
  expect(await attempt()).toEqual([
    { content: 'An attempt from the train', client_submitted_at: handedIn, status: 'pending' },
  ]);
  expect(
    await server.query("select status from files where owner_id = $1 and original_name like 'plan%'", [student.id]),
  ).toEqual([{ status: 'ready' }]);
  expect(await server.query('select body from lesson_notes where user_id = $1', [student.id])).toEqual([
    { body: 'A note from the train' },
  ]);
  expect(again.draft('reply/of-a-ticket').get().value ?? (await again.listDrafts('reply/'))[0]?.value).toEqual({
    text: 'Half a thought',
  });
});

test('with another role the device holds that role’s rows and no others, and the work of before is kept as text', async () => {
  const laptop = await arrive();
  const { computer } = laptop;
  await work(laptop);
  await command('change-role', { user_id: student.id, role: 'mentor', reason: 'joins the team' });
  await meet(laptop);
  for (const word of [...readable, student.email]) expect(await onDisk(computer, word), word).toEqual([]);
  await computer.signIn();
  const desk = await computer.open();
  await settled(desk);
  expect(desk.actor.role).toBe('mentor');
  await expectExactScope(computer, desk);
  await desk.restoreHeld();
  // The server no longer takes a student's work from a mentor, and says so beside the text.
  await until(desk.problems, (problems) => problems.some(({ type }) => type === 'submissions'));
  const mine = JSON.stringify(desk.problems.get());
  for (const text of ['A note from the train', 'An attempt from the train']) expect(mine).toContain(text);
  expect(await attempt()).toEqual([]);
});

/** Row by row what a new computer of the same person gets, and nothing of the role before. */
async function expectExactScope(computer: Computer, replica: Replica): Promise<void> {
  const other = await arrive();
  const names = async (one: Computer): Promise<string[]> =>
    [...(await one.disk())]
      .filter(([place]) => place.startsWith('rxdb-') && place.endsWith('/docs'))
      .flatMap(([, rows]) => rows.map((row) => JSON.parse(row) as { key: string; _deleted: string }))
      .filter(({ key, _deleted }) => _deleted !== '1' && key !== undefined)
      .map(({ key }) => key)
      .filter((key) => !key.startsWith('devices|') && !key.startsWith('notifications|'))
      .toSorted();
  const [here, there] = [await names(computer), await names(other.computer)];
  expect(there.length).toBeGreaterThan(3);
  expect(here).toEqual(there);
  expect((await replica.find('available_lessons')).length).toBe((await other.replica.find('available_lessons')).length);
  await other.computer.close();
}

test('who signs in anew before the device had wiped keeps the new sign-in, and loses the old rows first', async () => {
  const laptop = await arrive();
  const { computer } = laptop;
  await work(laptop);
  await command('change-role', { user_id: student.id, role: 'mentor', reason: 'joins the team' });
  await computer.restart({ forgotten: true });
  computer.plug();
  // Stopped from asking on its own, so that only the sync brings it out.
  computer.between = (url) => (url.endsWith('/wipe-order') ? page(502) : null);
  await computer.signIn();
  const before = await computer.open();
  await until(before.syncState, ({ status }) => status === 'unreachable');
  expect(await onDisk(computer, 'The secret of the lesson')).not.toEqual([]);
  computer.between = null;
  before.syncNow();
  await vi.waitFor(async () => expect(await onDisk(computer, 'A note from the train')).toEqual([]), {
    timeout: 20_000,
  });
  expect(computer.session.getState().state).toBe('signed-in');
  expect(computer.wiper.signedOut.get()).toBeNull();
  for (const word of readable) expect(await onDisk(computer, word), word).toEqual([]);
  const desk = await computer.open();
  await settled(desk);
  expect(desk.held.get()).toMatchObject({ pieces: 3 });
});

const page = (status: number): Response =>
  new Response('<html><body>Please sign in to the network</body></html>', {
    status,
    headers: { 'content-type': 'text/html' },
  });

type Answer = { order: string | null };
const isQuestion = (url: string): boolean => url.endsWith('/sync/v1/wipe-order');

test('a bare status code or a page of somebody else wipes nothing and ends nothing', async () => {
  const laptop = await arrive();
  const { computer, replica } = laptop;
  await work(laptop);
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
  const laptop = await arrive();
  const { computer } = laptop;
  await work(laptop);
  await suspend();
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
  const laptop = await arrive();
  await work(laptop);
  const other = await server.people.createPerson(server.db, 'student', { password });
  const theirs = await createComputer(server.url, other.email, password);
  computers.push(theirs);
  await settled(await theirs.open());
  let question: RequestInit | undefined;
  theirs.between = (url, init) => {
    if (isQuestion(url)) question = init;
    return isQuestion(url) ? page(502) : null;
  };
  await command('suspend-student', { user_id: other.id, cause: 'manual', reason: 'words for staff' });
  await until(sessionState(theirs), (state) => state === 'ended' || state === 'expired');
  await theirs.wiper.look();
  let given: string | null = null;
  laptop.computer.between = async (url) => {
    if (!isQuestion(url)) return null;
    const answer = (await (await fetch(url, question)).json()) as Answer;
    given = answer.order;
    return Response.json(answer);
  };
  await suspend();
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
