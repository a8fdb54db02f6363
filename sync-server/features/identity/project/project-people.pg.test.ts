import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { asServer } from '../../../db/as-actor.ts';
import { projectOf } from '../../../http/supabase-project.ts';
import { createSupabase, type Client } from '../../../testing/api-client.ts';
import { setUpApp } from '../../../testing/authenticator.ts';
import {} from '../../../testing/sync-client.ts';
import { mintMailSecret } from '../mail-secrets.ts';
import {
  openProjectForTests,
  password,
  stage,
  newcomer,
  signIn,
  whoami,
  statusOf,
  operator,
  there,
  callAt,
} from './project.fixture.ts';

openProjectForTests();

/** The secret of the mail that waits for this person, as the worker makes it. */
async function secretOf(
  userId: string,
  template: string,
): Promise<{ token: string; type: 'recovery' | 'invite' | 'email_change' }> {
  const project = projectOf(stage.academy.deps.config);
  const { rows } = await vi.waitFor(async () => {
    const found = await stage.database.server.query<{ recipient: string }>(
      `select recipient_email as recipient from email_queue where user_id = $1 and template_key = $2 order by created_at desc limit 1`,
      [userId, template],
    );
    expect(found.rows).toHaveLength(1);
    return found;
  });
  const mail = { template, userId, recipient: rows[0]!.recipient };
  const secret = await asServer(stage.database.server, (tx) => mintMailSecret(tx, mail, new Date(), project));
  if (!secret || secret === 'void' || !('token' in secret)) throw new Error('no secret for this mail');
  return secret as never;
}

describe('staff', () => {
  test('invite a person, who chooses a password by the link of our mail and signs in', async () => {
    const admin = await newcomer('admin');
    const boss = await signIn(admin);
    const email = `${randomUUID()}@example.test`;
    const made = await boss.call(
      'POST',
      '/functions/v1/create-enhanced-team-member',
      { email, full_name: 'Bilal', role: 'mentor' },
      {
        'idempotency-key': randomUUID(),
      },
    );
    const { data } = (await made.json()) as { data: { user_id: string } };
    expect(made.status).toBe(200);
    await stage.settle();
    expect(await there(data.user_id)).toMatchObject({ id: data.user_id, email });
    const { token, type } = await secretOf(data.user_id, 'team_welcome');
    const supabase = createSupabase(stage.academy.url);
    const opened = await supabase.auth.verifyOtp({ token_hash: token, type });
    expect(opened.error).toBeNull();
    expect((await supabase.auth.updateUser({ password: 'password' })).error?.code).toBe('weak_password');
    expect((await supabase.auth.updateUser({ password })).error).toBeNull();
    expect((await whoami(await signIn({ email }))).body).toMatchObject({
      data: { role: 'mentor', password_required: false },
    });
    expect((await supabase.auth.verifyOtp({ token_hash: token, type })).error?.code).toBe('otp_expired');
  });

  test('ban a person: out at once here, no way in there, until the ban is lifted', async () => {
    const [admin, person] = [await newcomer('superadmin'), await newcomer()];
    const [boss, client] = [await signIn(admin), await signIn(person)];
    const ban = (blocked: boolean) =>
      boss.call(
        'POST',
        '/functions/v1/set-login-blocked',
        { user_id: person.id, blocked, reason: 'A test' },
        {
          'idempotency-key': randomUUID(),
        },
      );
    expect((await ban(true)).status).toBe(200);
    expect(await statusOf(client)).not.toBe(200);
    await stage.settle();
    expect((await there(person.id))!.banned_until).toBeTruthy();
    const { refresh_token } = client.session;
    expect((await createSupabase(stage.project.url).auth.refreshSession({ refresh_token })).error?.code).toBe(
      'user_banned',
    );
    await expect(signIn(person)).rejects.toMatchObject({ code: 'user_banned' });
    expect((await ban(false)).status).toBe(200);
    await stage.settle();
    expect(await statusOf(await signIn(person))).toBe(200);
  });

  test('and the service key make, change and remove accounts at both places', async () => {
    const admin = operator(stage.academy.url);
    const email = `${randomUUID()}@example.test`;
    const made = await admin.createUser({ email, password, app_metadata: { role: 'mentor' } });
    expect(made.error).toBeNull();
    const { id } = made.data.user!;
    expect((await there(id))!.email).toBe(email);
    expect((await admin.createUser({ email, password })).error?.code).toBe('email_exists');
    const changed = `${randomUUID()}@example.test`;
    expect((await admin.updateUserById(id, { email: changed, password: 'another calm river' })).error).toBeNull();
    await stage.settle();
    expect((await there(id))!.email).toBe(changed);
    const client = await stage.academy.signIn(changed, 'another calm river');
    expect((await admin.deleteUser(id)).error).toBeNull();
    await stage.settle();
    expect(await there(id)).toBeNull();
    expect(await statusOf(client)).toBe(401);
  });
});

describe('a person', () => {
  test('recovers the password by our own mail, and every other session ends', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const supabase = createSupabase(stage.academy.url);
    expect((await supabase.auth.resetPasswordForEmail(person.email)).error).toBeNull();
    const { token, type } = await secretOf(person.id, 'password_reset');
    expect((await supabase.auth.verifyOtp({ token_hash: token, type })).error).toBeNull();
    expect((await supabase.auth.updateUser({ password: 'quite another river' })).error).toBeNull();
    expect(await statusOf(client)).toBe(401);
    await expect(signIn(person)).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(await statusOf(await stage.academy.signIn(person.email, 'quite another river'))).toBe(200);
  });

  test('changes the password by giving the present one', async () => {
    const person = await newcomer();
    const client = await signIn(person);
    const change = (current_password: string) =>
      client.supabase.auth.updateUser({ password: 'quite another river', current_password } as never);
    expect((await change('not this one')).error?.code).toBe('invalid_credentials');
    expect((await change(password)).error).toBeNull();
    expect(await statusOf(await stage.academy.signIn(person.email, 'quite another river'))).toBe(200);
  });

  test('changes the address by a yes from both mailboxes, and it is the address of both places', async () => {
    const person = await newcomer();
    const { supabase } = await signIn(person);
    const email = `${randomUUID()}@example.test`;
    const asked = await supabase.auth.updateUser({ email });
    expect(asked.data.user).toMatchObject({ email: person.email, new_email: email });
    const secrets = [await secretOf(person.id, 'email_change_current'), await secretOf(person.id, 'email_change_new')];
    for (const { token, type } of secrets)
      expect((await createSupabase(stage.academy.url).auth.verifyOtp({ token_hash: token, type })).error).toBeNull();
    expect((await there(person.id))!.email).toBe(email);
    const { rows } = await stage.database.server.query('select email from users where id = $1', [person.id]);
    expect(rows).toEqual([{ email }]);
    expect(await statusOf(await signIn({ email }))).toBe(200);
  });

  test('sets a second factor up there, and sessions without its code are asked for it here', async () => {
    const person = await newcomer('admin');
    const first = await signIn(person);
    const app = await setUpApp(first.supabase, new Date());
    const raised = (await first.supabase.auth.getSession()).data.session!;
    const strong: Client = {
      ...first,
      session: raised,
      call: (method, path, body) => callAt(stage.academy.url, { ...first, session: raised }, method, path, body),
    };
    expect((await whoami(strong)).body).toMatchObject({ data: { aal: 'aal2', second_step: 'none' } });
    const second = await signIn(person);
    expect((await whoami(second)).body).toMatchObject({ data: { aal: 'aal1', second_step: 'verify' } });
    expect((await second.call('POST', '/sync/v1/pull', { checkpoint: null })).status).toBe(403);
    const factors = await first.supabase.auth.mfa.listFactors();
    expect(factors.data!.totp.map(({ id }) => id)).toEqual([app.factorId]);
    expect((await first.supabase.auth.mfa.unenroll({ factorId: app.factorId })).error).toBeNull();
    expect((await whoami(second)).body).toMatchObject({ data: { second_step: 'none' } });
  });
});
