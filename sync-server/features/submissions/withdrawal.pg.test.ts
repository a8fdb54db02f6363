import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createChain, handIn, openAcademy, outcome, review, type Academy, type Chain } from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
let work: ReturnType<typeof handIn>;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  chain = await createChain(academy);
  work = handIn(chain.student.id, chain.a1, now());
  expect((await academy.push(chain.student, [work])).map(outcome)).toEqual(['ok']);
});

const now = () => academy.clock.now().toISOString();
const withdraw = () => ({ type: 'submissions', id: work.id!, base: work.op!, set: { withdraw_requested_at: now() } });
const attempts = () =>
  academy.rows('select version, status, content, notes from submissions where student_id = $1 order by version', [
    chain.student.id,
  ]);

test('a pending attempt is taken back and leaves room for another', async () => {
  const next = handIn(chain.student.id, chain.a1, now(), {
    content: 'Better',
    based_on: { version: 1, status: 'withdrawn' },
  });
  const [first, second] = await academy.push(chain.student, [withdraw(), next]);
  expect(first).toMatchObject({ s: 'ok', doc: { status: 'withdrawn' } });
  expect(second).toMatchObject({ s: 'ok', doc: { status: 'pending', version: 2 } });
});

test('nobody else may take it back', async () => {
  expect((await academy.push(chain.mentor, [withdraw()])).map(outcome)).toEqual(['not_allowed']);
  expect(await attempts()).toMatchObject([{ status: 'pending' }]);
});

test('J3: withdrawn and rewritten offline while the mentor declined: both refused, nothing lost, then sent as version 2', async () => {
  const { student, mentor, a1 } = chain;
  const offline = [
    withdraw(),
    handIn(student.id, a1, now(), { content: 'Rewritten on the train', based_on: { version: 1, status: 'withdrawn' } }),
  ];
  academy.clock.pass(10);
  const decline = review(mentor.id, work.id!, 'declined', now(), { notes: 'Name your buyer' });
  expect((await academy.push(mentor, [decline])).map(outcome)).toEqual(['ok']);

  academy.clock.pass(10);
  const verdicts = await academy.push(student, offline);
  expect(verdicts.map(outcome)).toEqual(['already_reviewed', 'already_reviewed']);
  expect(verdicts[0]).toMatchObject({ doc: { status: 'declined', notes: 'Name your buyer' } });
  expect(
    await academy.rows(
      "select pushed_doc ->> 'content' as text from sync_rejections where user_id = $1 and doc_id = $2",
      [student.id, offline[1]!.id],
    ),
  ).toEqual([{ text: 'Rewritten on the train' }]);

  const resent = handIn(student.id, a1, now(), {
    content: 'Rewritten on the train',
    based_on: { version: 1, status: 'declined' },
  });
  expect((await academy.push(student, [resent])).map(outcome)).toEqual(['ok']);
  expect(await attempts()).toEqual([
    { version: 1, status: 'declined', content: 'My answer', notes: 'Name your buyer' },
    { version: 2, status: 'pending', content: 'Rewritten on the train', notes: null },
  ]);
});

test('J3 variant: approved meanwhile: sending again is not offered', async () => {
  const { student, mentor, a1 } = chain;
  await academy.push(mentor, [review(mentor.id, work.id!, 'approved', now())]);
  const rewritten = handIn(student.id, a1, now(), { based_on: { version: 1, status: 'withdrawn' } });
  expect((await academy.push(student, [withdraw(), rewritten])).map(outcome)).toEqual([
    'already_reviewed',
    'already_approved',
  ]);
});
