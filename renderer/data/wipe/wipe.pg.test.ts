import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { settled, type Computer } from '../../testing/computer.ts';
import { onDisk, openRealStage, type Desk, type RealPerson, type RealStage } from '../../testing/real-stage.ts';
import { until } from '../store.ts';
import type { Replica } from '../types.ts';
import { page, readable, workOnTrain } from '../../testing/train-work.ts';

vi.setConfig({ testTimeout: 90_000 });
let stage: RealStage;
let server: RealStage['server'];
let arrive: RealStage['arrive'];
let command: RealStage['command'];
let scene: Awaited<ReturnType<RealStage['studentWithSecrets']>>;
let student: RealPerson;

beforeAll(async () => {
  stage = await openRealStage();
  ({ server, arrive, command } = stage);
});
afterAll(() => stage.close());
beforeEach(async () => {
  scene = await stage.studentWithSecrets({ payment_status: 'paid' });
  ({ student } = scene);
});

const attempt = () =>
  server.query('select content, client_submitted_at, status from submissions where student_id = $1', [student.id]);

async function meet({ computer, replica }: Desk): Promise<void> {
  computer.plug();
  replica.syncNow();
  await until(computer.wiper.signedOut, (at) => at !== null);
}

test('a suspended student’s device is signed out and empty at its next contact; the lift brings all the work back', async () => {
  const laptop = await arrive(student);
  const { computer } = laptop;
  const { handedIn } = await workOnTrain(laptop, scene);
  for (const word of readable) expect(await onDisk(computer, word), word).not.toEqual([]);
  await stage.suspend(student);
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
  await stage.lift(student);
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
  const laptop = await arrive(student);
  const { computer } = laptop;
  await workOnTrain(laptop, scene);
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
  const other = await arrive(student);
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
  const laptop = await arrive(student);
  const { computer } = laptop;
  await workOnTrain(laptop, scene);
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
