import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkBuckets } from '#contract/protocol.ts';
import { families } from '#contract/tables/index.ts';
import type { Client } from '../testing/api-client.ts';
import { answer, ask, outcomes } from '../testing/desk.ts';
import { openStage, pngBytes, sha256, type Stage } from '../testing/files-stage.ts';
import { operation } from '../testing/operations.ts';
import { openStream, pull, push } from '../testing/sync-client.ts';
import type { Person } from '../testing/people.ts';

/** What the team writes among itself in a ticket: the student hears nothing of it at any door, not even that it is there. */

let stage: Stage;
let student: Client;
let admin: Client;
let ticket: string;
beforeAll(async () => {
  stage = await openStage();
  student = await stage.signIn(stage.ayesha);
  admin = await stage.signIn(stage.dua);
});
afterAll(() => stage.close());
beforeEach(async () => {
  const opened = ask(stage.ayesha, stage.ayesha);
  expect(await send(student, opened)).toEqual(['ok']);
  ticket = opened.id;
});

const send = async (client: Client, ...writes: { type: string; id: string; set: object }[]) =>
  outcomes(
    await push(
      client,
      writes.map(({ type, id, set }) => operation(type as never, id, { set: set as Record<string, unknown> })),
    ),
  );

/** A picture that lies in the ticket's folder, announced as devices do and stored whole. */
async function picture(client: Client, owner: Person): Promise<{ id: string; path: string }> {
  const id = randomUUID();
  const bytes = pngBytes(4 + Math.floor(Math.random() * 60), 4);
  const path = `tickets/${ticket}/${id}.png`;
  const row = {
    bucket: 'attachments',
    owner_id: owner.id,
    path,
    original_name: 'screen.png',
    mime: 'image/png',
    bytes: bytes.length,
    sha256: sha256(bytes),
  };
  expect(await send(client, { type: 'files', id, set: row })).toEqual(['ok']);
  const { error } = await client.supabase.storage.from('attachments').upload(path, bytes, { contentType: 'image/png' });
  expect(error).toBeNull();
  return { id, path };
}

const note = (file: string, is_internal: boolean) =>
  answer(stage.dua, ticket, { message: 'He has not paid since March', is_internal, file_ids: [file] });
const opens = async (client: Client, path: string): Promise<boolean> =>
  (await client.supabase.storage.from('attachments').download(path)).data !== null;

test('no frame of pull, stream and check tells of a note or its file', async () => {
  const before = await pull(student, null);
  const stream = await openStream(student, before.checkpoint);
  const file = await picture(admin, stage.dua);
  const hidden = note(file.id, true);
  expect(await send(admin, hidden)).toEqual(['ok']);
  const shown = await picture(admin, stage.dua);
  const visible = { ...note(shown.id, false), id: randomUUID() };
  expect(await send(admin, { ...visible, set: { ...visible.set, message: 'Please try again.' } })).toEqual(['ok']);
  await stream.until((frames) => JSON.stringify(frames).includes('Please try again.'));
  await stream.close();
  const guessed = Array<string>(checkBuckets).fill('0123456789abcdef');
  const check = await student.call('POST', '/sync/v1/check', {
    families: Object.fromEntries(families.map((family) => [family, guessed])),
  });
  const after = await pull(student, before.checkpoint);
  const heard = JSON.stringify([stream.frames, after.frames]) + (await check.text());
  // What may be heard is heard, so that the silence about the rest means something.
  expect(heard).toContain(visible.id);
  expect(heard).toContain(shown.id);
  expect(heard).not.toContain(hidden.id);
  expect(heard).not.toContain(file.id);
  expect(heard).not.toContain('since March');
});

test('a file of a note opens to the team alone; one of an answer to the student as well', async () => {
  const [secret, open] = [await picture(admin, stage.dua), await picture(admin, stage.dua)];
  // Before anything names them they are their owner's.
  expect(await opens(student, secret.path)).toBe(false);
  await send(admin, note(secret.id, true), { ...note(open.id, false), id: randomUUID() });
  expect([await opens(student, secret.path), await opens(student, open.path)]).toEqual([false, true]);
  expect(await opens(admin, secret.path)).toBe(true);
  const { data: listed } = await student.supabase.storage.from('attachments').list(`tickets/${ticket}`);
  expect(JSON.stringify(listed)).not.toContain(secret.id);
  const signed = await student.supabase.storage.from('attachments').createSignedUrl(secret.path, 60);
  expect(signed.data?.signedUrl ?? null).toBeNull();
});

test('who had the ticket and lost it loses its notes and their files', async () => {
  const mentor = await stage.signIn(stage.hamid);
  const file = await picture(admin, stage.dua);
  await send(admin, note(file.id, true));
  const assign = async (assigned_to: string | null) =>
    (
      await admin.call(
        'POST',
        '/functions/v1/assign-ticket',
        { ticket_id: ticket, assigned_to },
        {
          'idempotency-key': randomUUID(),
        },
      )
    ).status;
  expect(await assign(stage.hamid.id)).toBe(200);
  const held = await pull(mentor, null);
  expect(JSON.stringify(held.docs)).toContain('since March');
  expect(await opens(mentor, file.path)).toBe(true);
  expect(await assign(null)).toBe(200);
  const lost = await pull(mentor, held.checkpoint);
  const gone = lost.docs.filter(({ _deleted }) => _deleted).map(({ type }) => type);
  expect(new Set(gone)).toEqual(new Set(['support_tickets', 'support_ticket_replies', 'files']));
  expect(await opens(mentor, file.path)).toBe(false);
});

test('a student who pushes at a note’s id learns nothing', async () => {
  const hidden = note((await picture(admin, stage.dua)).id, true);
  await send(admin, hidden);
  const verdicts = await push(student, [
    operation('support_ticket_replies', hidden.id, { set: hidden.set as Record<string, unknown> }),
  ]);
  expect(outcomes(verdicts)).toEqual(['not_allowed']);
  expect(JSON.stringify(verdicts.map((verdict) => ({ ...verdict, rejection: null })))).not.toContain('author_name');
});
