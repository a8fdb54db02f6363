import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { syncHeaders } from '#contract/protocol.ts';
import { signInAt, type Client } from '../../sync-server/testing/api-client.ts';
import { password } from './cluster.ts';
import type { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';
import { insist } from './moves.ts';
import type { Grounds } from './strange-writes.ts';
import { mark } from './tokens.ts';

/** A stream whose session is over ends at once; a busy machine takes its time. */
const longestMs = 20_000;

/**
 * A person signs in on another computer and is signed out there from elsewhere: what is open ends, and the token of then opens nothing
 * and writes nothing. Before that it does not do for another device than its own.
 */
export async function overstay({ name, person }: Device, { database, address }: Grounds): Promise<Finding[]> {
  const findings: Finding[] = [];
  const wrong = (text: string) => findings.push({ what: 'wrong', text: `${name}: ${text}` });
  const client = await insist(() => signInAt(address, person.email, password));
  const other = { [syncHeaders.device]: randomUUID() };
  if (await opens(client, '/sync/v1/pull', { checkpoint: null }, other)) wrong('a session syncs as another device');

  const live = await client.call('POST', '/sync/v1/stream', { checkpoint: null });
  const ended = live.body!.pipeTo(new WritableStream()).then(
    () => true,
    () => true,
  );
  await insist(() =>
    database.server.query('update auth_sessions set revoked_at = now() where id = $1', [sessionOf(client)]),
  );
  if (await opens(client, '/sync/v1/pull', { checkpoint: null })) wrong('a session that was ended still pulls');
  if (await opens(client, '/sync/v1/push', { ops: [report(person.id)] }))
    wrong('a session that was ended still pushes');
  const limit = new AbortController();
  const late = pause(longestMs, false, { signal: limit.signal }).catch(() => false);
  if (!(await Promise.race([ended, late]))) wrong('the stream of a session that was ended goes on');
  limit.abort();
  return findings;
}

async function opens(client: Client, path: string, body: object, headers?: Record<string, string>): Promise<boolean> {
  const answer = await insist(() => client.call('POST', path, body, headers));
  await answer.body?.cancel();
  return answer.ok;
}

/** Something that everybody may write. */
const report = (me: string) => ({
  op: randomUUID(),
  type: 'error_logs',
  id: randomUUID(),
  base: null,
  set: {
    user_id: me,
    error_type: 'ui',
    error_code: null,
    error_message: mark('signal', me),
    error_details: null,
    stack_trace: null,
    url: null,
    user_agent: null,
    severity: 'error',
    app_version: '1',
  },
  client_at: new Date().toISOString(),
});

const sessionOf = ({ session }: Client): string =>
  (JSON.parse(Buffer.from(session.access_token.split('.')[1]!, 'base64url').toString()) as { session_id: string })
    .session_id;
