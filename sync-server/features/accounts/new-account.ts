import type { MailOutcome } from '#contract/api/accounts.ts';
import type { Role } from '#contract/roles.ts';
import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';
import { queueMail } from '../mail/index.ts';
import { addRoleRow } from '../people/index.ts';
import type { StaffCall } from './staff-command.ts';

const uniqueViolation = '23505';

export type NewAccount = { email: string; full_name: string; role: Role; phone: string | null; createdBy: string };

/** An account without a password: its owner chooses one by the link in the welcome mail. Throws CONFLICT for a taken address or number. */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<string> {
  const { rows } = await refuseTaken(() =>
    tx.query<{ id: string }>(
      'insert into users (email, full_name, role, phone, created_by) values ($1, $2, $3, $4, $5) returning id',
      [account.email, account.full_name, account.role, account.phone, account.createdBy],
    ),
  );
  const id = rows[0]!.id;
  await addRoleRow(tx, id, account.role);
  return id;
}

/** Says which of the two is taken, and nothing about by whom. */
export async function refuseTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code !== uniqueViolation) throw error;
    if (constraint === 'users_email_key')
      throw new AppError('CONFLICT', { message: 'This e-mail address is taken.', details: { reason: 'EMAIL_EXISTS' } });
    if (constraint === 'users_phone_key')
      throw new AppError('CONFLICT', { message: 'This phone number is taken.', details: { reason: 'PHONE_EXISTS' } });
    throw error;
  }
}

/** A number as people type it, in the form E.164; throws INVALID_INPUT. */
export async function readPhone(tx: Tx, typed: string | undefined): Promise<string | null> {
  if (typed === undefined) return null;
  const bare = typed.replaceAll(/[\s().-]/g, '');
  const { rows } = await tx.query<{ code: string }>('select default_country_code as code from company_settings');
  const code = rows[0]?.code ?? '';
  const number = bare.startsWith('+') || !code || !bare.startsWith(code) ? bare : `+${bare}`;
  if (!/^\+[1-9]\d{7,14}$/.test(number))
    throw new AppError('INVALID_INPUT', {
      message: 'A phone number begins with + and the country code.',
      details: { reason: 'INVALID_PHONE_FORMAT' },
    });
  return number;
}

/** Queues a welcome; the link in it is made when it is sent. Answers what there is to say before that. */
export async function queueWelcome(
  { tx, requestId }: StaffCall,
  template: 'student_welcome' | 'team_welcome',
  person: { id: string; email: string; full_name: string },
  payload: Record<string, string | number>,
  again = false,
): Promise<MailOutcome> {
  await queueMail(tx, {
    userId: person.id,
    email: person.email,
    name: person.full_name,
    template,
    payload: { name: person.full_name, login_email: person.email, ...payload },
    dedupe: welcomeKey(person.id, again ? requestId : null),
  });
  return { status: 'queued' };
}

/** The name of a welcome mail; one that is sent again has that of its request as well. */
export const welcomeKey = (person: string, request: string | null): string =>
  request === null ? `welcome:${person}` : `welcome:${person}:${request}`;
