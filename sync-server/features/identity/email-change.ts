import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { refuseTakenAddress } from './admin.ts';
import { AuthError } from './auth-error.ts';
import { emailChangeHours } from './auth-user.ts';
import { voidLinks, type UsedLink } from './links.ts';
import { queueMail } from './mail.ts';
import { audit } from './queries.ts';
import type { Call } from './sessions.ts';

const kinds = ['email_change_current', 'email_change_new'] as const;
export type ChangeLink = (typeof kinds)[number];
const wishesPerHour = 3;

/**
 * Notes the wish for another address and queues a link to the present one and to the new one; both must be followed. A wish for
 * an address that somebody else has is answered alike and leads nowhere, so that nobody learns whose addresses are here.
 */
export async function requestEmailChange(call: Call, userId: string, wanted: string): Promise<void> {
  const email = wanted.trim().toLowerCase();
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email) || email.length > 254)
    throw new AuthError('validation_failed', 'This is not an e-mail address.');
  await asServer(call.deps.server, async (tx) => {
    const person = await lockPerson(tx, userId);
    if (email === person.email) return;
    if (await asksTooOften(tx, userId))
      throw new AuthError('over_email_send_rate_limit', 'Too many changes of address. Wait an hour.');
    await noteWish(call, tx, userId, email);
    await sendChangeMails(call, tx, { ...person, id: userId }, email);
    const data = { before: person.email, after: email };
    await audit(tx, { ...call, action: 'email_change_requested', targetUserId: userId, performedBy: userId, data });
  });
}

/** Sends the mails of a waiting change again; says nothing about whether there is one. */
export async function resendEmailChange(call: Call, address: string): Promise<void> {
  await asServer(call.deps.server, async (tx) => {
    const { rows } = await tx.query<{ id: string; new_email: string }>(
      `select u.id, c.new_email::text from users u join email_changes c on c.user_id = u.id
       where $1 in (u.email, c.new_email) and not u.is_deleted and c.requested_at > $2::timestamptz - make_interval(hours => $3)`,
      [address.trim().toLowerCase(), call.now, emailChangeHours],
    );
    const waiting = rows[0];
    if (!waiting) return;
    const person = await lockPerson(tx, waiting.id);
    if (await asksTooOften(tx, waiting.id)) return;
    await sendChangeMails(call, tx, { ...person, id: waiting.id }, waiting.new_email);
  });
}

/** Notes the wish without a mail: an operator hands the links over. Throws `email_exists`. */
export async function noteWishForOperator(call: Call, tx: Tx, userId: string, wanted: string): Promise<void> {
  const email = wanted.trim().toLowerCase();
  if (await isTaken(tx, userId, email))
    throw new AuthError('email_exists', 'A user with this email address has already been registered');
  const { rows } = await tx.query<{ new_email: string }>(
    'select new_email::text from email_changes where user_id = $1 and requested_at > $2::timestamptz - make_interval(hours => $3)',
    [userId, call.now, emailChangeHours],
  );
  // The second of the two links must not undo what the first one did.
  if (rows[0]?.new_email !== email) await noteWish(call, tx, userId, email);
}

/**
 * One of the two links was followed. True when it was the second: the address is changed and both mailboxes are told; sessions
 * stay. Throws `otp_expired` when the wish is gone, `email_exists` when the address was taken meanwhile.
 */
export async function confirmEmailChange(call: Call, tx: Tx, { userId, kind }: UsedLink): Promise<boolean> {
  const person = await lockPerson(tx, userId);
  const side = kind === 'email_change_new' ? 'new_confirmed_at' : 'current_confirmed_at';
  const { rows } = await tx.query<{ new_email: string; complete: boolean }>(
    `update email_changes set ${side} = $2
     where user_id = $1 and requested_at > $2::timestamptz - make_interval(hours => $3)
     returning new_email::text, current_confirmed_at is not null and new_confirmed_at is not null as complete`,
    [userId, call.now, emailChangeHours],
  );
  const wish = rows[0];
  if (!wish) throw new AuthError('otp_expired', 'This change of address was given up. Ask for a new one.');
  if (!wish.complete) return false;
  await tx.query('delete from email_changes where user_id = $1', [userId]);
  await refuseTakenAddress(() => tx.query('update users set email = $2 where id = $1', [userId, wish.new_email]));
  // Links that went to the old mailbox open nothing any more.
  await tx.query('update one_time_tokens set used_at = $2 where user_id = $1 and used_at is null', [userId, call.now]);
  await tellOfNewAddress(call, tx, userId, { old: person.email, new: wish.new_email });
  const data = { before: person.email, after: wish.new_email };
  await audit(tx, { ...call, action: 'email_changed', targetUserId: userId, performedBy: userId, data });
  return true;
}

/** The notice that goes to the old address and to the new one. */
export async function tellOfNewAddress(
  call: Call,
  tx: Tx,
  userId: string,
  addresses: { old: string; new: string },
): Promise<void> {
  const { full_name: name } = await lockPerson(tx, userId);
  for (const [side, email] of Object.entries(addresses)) {
    const dedupe = `${call.requestId}:${side}`;
    await queueMail(call, tx, { userId, email, name, template: 'email_changed', payload: addresses, dedupe });
  }
}

type Addressed = { email: string; full_name: string };

async function lockPerson(tx: Tx, userId: string): Promise<Addressed> {
  const { rows } = await tx.query<Addressed>(
    'select email::text, full_name from users where id = $1 and not is_deleted for no key update',
    [userId],
  );
  if (!rows[0]) throw new AuthError('session_not_found', 'This session has ended.');
  return rows[0];
}

async function asksTooOften(tx: Tx, userId: string): Promise<boolean> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::int as count from email_queue
     where user_id = $1 and template_key = 'email_change_current' and created_at > now() - interval '1 hour'`,
    [userId],
  );
  return rows[0]!.count >= wishesPerHour;
}

const isTaken = async (tx: Tx, userId: string, email: string): Promise<boolean> =>
  (await tx.query('select from users where email = $1 and id <> $2', [email, userId])).rowCount !== 0;

async function noteWish({ now }: Call, tx: Tx, userId: string, email: string): Promise<void> {
  await voidLinks(tx, userId, kinds, now);
  // A mail that waits for an address of an earlier wish must not carry a link for this one.
  await tx.query(
    `update email_queue set status = 'cancelled' where user_id = $1 and template_key = any($2) and status = 'pending'`,
    [userId, kinds],
  );
  await tx.query(
    `insert into email_changes (user_id, new_email, requested_at) values ($1, $2, $3)
     on conflict (user_id) do update set new_email = excluded.new_email, requested_at = excluded.requested_at,
       current_confirmed_at = null, new_confirmed_at = null`,
    [userId, email, now],
  );
}

async function sendChangeMails(call: Call, tx: Tx, person: Addressed & { id: string }, email: string): Promise<void> {
  const mail = { userId: person.id, name: person.full_name, payload: { new_email: email } };
  await queueMail(call, tx, { ...mail, email: person.email, template: 'email_change_current' });
  if (!(await isTaken(tx, person.id, email)))
    await queueMail(call, tx, { ...mail, email, template: 'email_change_new' });
}
