import { password, type Academy } from './academy.ts';
import { emails } from './acting.ts';

/** Calls a command as an admin, by the same doors as the admin's app. Throws what was answered instead of success. */
export async function asStaff({ url }: Pick<Academy, 'url'>, name: string, input: object): Promise<void> {
  const headers = { 'content-type': 'application/json', apikey: 'growth-os-web' };
  const post = (path: string, body: object, more: object = {}): Promise<Response> =>
    fetch(`${url}${path}`, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const signedIn = await post('/auth/v1/token?grant_type=password', { email: emails.dua, password });
  const { access_token } = (await signedIn.json()) as { access_token: string };
  const answer = await post(`/functions/v1/${name}`, input, {
    authorization: `Bearer ${access_token}`,
    'idempotency-key': crypto.randomUUID(),
  });
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
}

/** Ends the open suspension of a person. */
export async function liftSuspension(academy: Pick<Academy, 'url' | 'query'>, user_id: string): Promise<void> {
  const [open] = await academy.query<{ id: string }>(
    'select id from suspensions where user_id = $1 and lifted_at is null',
    [user_id],
  );
  await asStaff(academy, 'lift-suspension', { user_id, suspension_id: open?.id, reason: 'sorted out' });
}
