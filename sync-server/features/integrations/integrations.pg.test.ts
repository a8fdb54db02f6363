import { afterAll, beforeAll, expect, test } from 'vitest';
import { asActor } from '../../db/as-actor.ts';
import { openCommandStage, type CommandStage } from '../../testing/command-stage.ts';
import { pull } from '../../testing/sync-client.ts';
import { openSecretBox } from '../identity/index.ts';
import { sealedFor } from './commands.ts';

let stage: CommandStage;
beforeAll(async () => {
  stage = await openCommandStage();
});
afterAll(() => stage.close());

const token = 'shpat_0123456789abcdef0123456789abcdef';
const shop = { domain: 'Falcon-Store.myshopify.com', token };
const stored = async () =>
  (
    await stage.rows(
      "select status, external_id, convert_from(access_token_enc, 'UTF8') as sealed, last_synced_at from integrations where user_id = $1",
      [stage.people.student.id],
    )
  )[0]!;

test('a student connects the own store: the token is sealed and comes back to nobody', async () => {
  expect(await stage.command('student', 'connect-shopify', shop)).toMatchObject({
    status: 200,
    data: { status: 'connected' },
  });
  const row = await stored();
  expect(row).toMatchObject({ status: 'connected', external_id: 'falcon-store.myshopify.com', last_synced_at: null });
  const box = openSecretBox(stage.server.deps.config);
  const { student, mentor } = stage.people;
  expect(box.open(row['sealed'] as string, sealedFor(student.id, 'shopify'))).toBe(token);
  expect(() => box.open(row['sealed'] as string, sealedFor(mentor.id, 'shopify'))).toThrow();
  expect(() => box.open(row['sealed'] as string, sealedFor(student.id, 'meta_ads'))).toThrow();

  const held = JSON.stringify((await pull(stage.clients.student, null)).frames);
  expect(held).toContain('falcon-store.myshopify.com');
  const everything = [
    held,
    JSON.stringify(await stage.rows('select * from admin_logs')),
    JSON.stringify(await stage.rows('select * from idempotency_keys')),
    JSON.stringify(await stage.rows('select body from sync_rows')),
  ].join('\n');
  expect(everything).not.toContain(token);
  expect(everything).not.toContain(row['sealed'] as string);
});

test.each(['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const)(
  'a %s cannot select the sealed token',
  async (role) => {
    const read = asActor(stage.database.people, stage.people[role], (tx) =>
      tx.query('select access_token_enc from integrations'),
    );
    await expect(read).rejects.toThrow(/permission denied/);
  },
);

test('staff, mentors and managers connect nothing; what does not fit is refused', async () => {
  for (const role of ['mentor', 'enrollment_manager', 'admin', 'superadmin'] as const)
    expect(await stage.command(role, 'connect-shopify', shop)).toMatchObject({ status: 403 });
  for (const wrong of [
    { ...shop, domain: 'evil.example.test' },
    { ...shop, domain: 'a.myshopify.com.evil.test' },
    { ...shop, token: 'short' },
    { ...shop, user_id: stage.people.mentor.id },
  ])
    expect(await stage.command('student', 'connect-shopify', wrong)).toMatchObject({ status: 422 });
});

test('disconnecting destroys the token, once, and the trail says so', async () => {
  const disconnect = () => stage.command('student', 'disconnect-integration', { source: 'shopify' });
  expect((await disconnect()).data).toEqual({ removed: true });
  expect((await disconnect()).data).toEqual({ removed: false });
  expect(await stored()).toMatchObject({ status: 'disconnected', sealed: null });
  expect(
    await stage.rows("select action from admin_logs where entity_type = 'integrations' order by created_at"),
  ).toEqual([{ action: 'integration_connected' }, { action: 'integration_disconnected' }]);
});
