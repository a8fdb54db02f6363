import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LessonMediaResponse } from '#contract/api/media.ts';
import { operation } from '../testing/operations.ts';
import { openStream, pull, push } from '../testing/sync-client.ts';
import { doors, knock } from './doors.fixture.ts';
import { e2eIds, openStage, password, type Stage } from './stage.fixture.ts';

/** The log of a whole session, at its most talkative, with everything going wrong that a person can make go wrong. */

let stage: Stage;
let log = '';
beforeAll(async () => {
  stage = await openStage({ log: pino({ level: 'trace' }, { write: (line: string) => void (log += line) }) });
});
afterAll(() => stage.close());

const words = {
  note: 'zebra crossing at midnight',
  name: 'Quillfeather',
  phone: '+923111222333',
  file: 'my secret thesis.pdf',
  goal: 'buy a lighthouse',
  content: 'the answer is a walrus',
  feedback: 'the teacher mumbles',
};

test('no password, token, signed address, name, number, note or file name is in it', async () => {
  const ayesha = await stage.signIn('ayesha');
  const bilal = await stage.signIn('bilal');
  const secrets = new Set<string>([password, ...Object.values(words)]);
  for (const { session } of [ayesha, bilal])
    for (const text of [session.access_token, session.access_token.split('.')[2]!, session.refresh_token])
      secrets.add(text);
  await expect(stage.server.signIn('ayesha@falcon.academy', 'a wrong password typed by mistake')).rejects.toThrow();
  secrets.add('a wrong password typed by mistake');

  const first = await pull(ayesha, null);
  secrets.add(first.checkpoint);
  const stream = await openStream(ayesha, first.checkpoint);
  const note = (set: object) =>
    operation('lesson_notes', randomUUID(), {
      set: { user_id: ayesha.userId, lesson_id: e2eIds.l1, at_seconds: null, body: words.note, copy_of: null, ...set },
    });
  await push(ayesha, [
    note({}),
    note({ body: [words.note] }),
    note({ lesson_id: randomUUID() }),
    { ...note({}), type: 'nothing' },
    { ...note({}), more: words.note },
    operation('users', ayesha.userId, {
      set: { full_name: words.name, phone: words.phone, dream_goal_summary: words.goal, role: 'admin' },
    }),
    operation('users', ayesha.userId, { set: { full_name: words.name.repeat(20), phone: `${words.phone}x` } }),
    operation('submissions', randomUUID(), {
      set: {
        assignment_id: e2eIds.w2,
        student_id: ayesha.userId,
        content: words.content,
        links: [],
        file_ids: [],
        client_submitted_at: new Date().toISOString(),
        based_on: null,
      },
    }),
    operation('recording_ratings', randomUUID(), {
      set: { user_id: ayesha.userId, lesson_id: e2eIds.l1, rating: 1, feedback: words.feedback },
    }),
    operation('files', randomUUID(), {
      set: { original_name: words.file, bucket: 'attachments', owner_id: ayesha.userId, path: words.file },
    }),
  ]);
  const play = (
    (await (await ayesha.call('POST', '/functions/v1/lesson-media-url', { lesson_id: e2eIds.l1 })).json()) as {
      data: LessonMediaResponse;
    }
  ).data;
  for (const address of [play.url, `${play.url}x`, ...play.captions.map(({ url }) => url)]) {
    secrets.add(new URL(address).searchParams.get('token')!);
    await (await fetch(address, { headers: { range: 'bytes=0-9' } })).body?.cancel();
  }
  for (const door of doors.filter(({ name }) => name !== 'sign-out' && name !== 'stream')) {
    await knock(
      stage.server.url,
      { ...door, path: `${door.path}?token=${ayesha.session.access_token}` },
      ayesha.session.access_token,
      { 'x-device-id': ayesha.deviceId },
    );
    await knock(stage.server.url, door, `${ayesha.session.access_token}x`);
  }
  await fetch(`${stage.server.url}/auth/v1/verify?type=recovery&token=${'s'.repeat(40)}`, { redirect: 'manual' });
  secrets.add('s'.repeat(40));
  await fetch(`${stage.server.url}/nothing/${words.file}?apikey=${bilal.session.access_token}`);
  const refreshed = await ayesha.supabase.auth.refreshSession({ refresh_token: ayesha.session.refresh_token });
  secrets.add(refreshed.data.session!.refresh_token);
  await ayesha.call('PUT', '/auth/v1/user', { password: 'my next and better secret' });
  secrets.add('my next and better secret');
  await stream.close();
  await ayesha.call('POST', '/auth/v1/logout');

  expect(log.split('\n').length).toBeGreaterThan(50);
  expect(log).toContain('/sync/v1/push');
  for (const secret of secrets) {
    expect(log).not.toContain(secret);
    expect(log).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(log).not.toContain(encodeURIComponent(secret));
  }
});

test('nor when the database itself fails over a row and quotes it', async () => {
  await stage.rows(`create function quote_it() returns trigger language plpgsql as $$
    begin raise exception 'no' using errcode = 'XX000', detail = 'Failing row contains (' || new.body || ')', hint = new.body; end $$`);
  await stage.rows('create trigger quote_it before insert on lesson_notes for each row execute function quote_it()');
  const bilal = await stage.signIn('bilal');
  const [verdict] = await push(bilal, [
    operation('lesson_notes', randomUUID(), {
      set: { user_id: bilal.userId, lesson_id: e2eIds.l1, at_seconds: null, body: words.note, copy_of: null },
    }),
  ]);
  expect(verdict).toMatchObject({ s: 'refused', code: 'unknown' });
  expect(log).toContain('an operation failed unexpectedly');
  expect(log).not.toContain(words.note);
});
