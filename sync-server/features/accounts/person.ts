import type { Role } from '#contract/roles.ts';
import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';
import { isLastSuperadmin } from '../people/index.ts';

/** An account as staff commands decide about it. */
export type Person = {
  id: string;
  role: Role;
  email: string;
  full_name: string;
  phone: string | null;
  status: 'active' | 'inactive' | 'suspended';
  login_blocked: boolean;
  created_by: string | null;
  v: string;
};

/** The account, locked against others who would change it; NOT_FOUND where there is none, or where it was erased. */
export async function lockPerson(tx: Tx, id: string): Promise<Person> {
  const { rows } = await tx.query<Person>(
    `select id, role, email::text, full_name, phone, status, login_blocked, created_by, v
     from users where id = $1 and not is_deleted and erased_at is null for no key update`,
    [id],
  );
  if (!rows[0]) throw new AppError('NOT_FOUND');
  return rows[0];
}

/** The same for somebody who must be a student. */
export async function lockStudent(tx: Tx, id: string): Promise<Person> {
  const person = await lockPerson(tx, id);
  if (person.role !== 'student') throw new AppError('NOT_FOUND');
  return person;
}

export function requireRight(allowed: boolean): void {
  if (!allowed) throw new AppError('PERMISSION_DENIED');
}

/** Whether an enrolment manager looks after this student (data model ES). */
export async function looksAfter(tx: Tx, managerId: string, student: Pick<Person, 'created_by'>): Promise<boolean> {
  if (student.created_by === managerId) return true;
  const { rows } = await tx.query('select from company_settings where em_sees_all_students');
  return rows.length > 0;
}

/** Refuses where the row moved since the caller saw it. */
export function requireRevision(person: { v: string }, expected: string | undefined): void {
  if (expected !== undefined && expected !== person.v) throw new AppError('CONFLICT');
}

/** Refuses when this is the only superadmin who can sign in; the service key's own doors ask the same. */
export async function keepLastSuperadmin(tx: Tx, person: Pick<Person, 'id' | 'role'>): Promise<void> {
  if (person.role === 'superadmin' && (await isLastSuperadmin(tx, person.id)))
    throw new AppError('CONFLICT', { message: 'The last superadmin stays.' });
}

/** Ends every session; with `wipe`, the person's devices are told to forget what they hold. */
export async function endAccess(tx: Tx, serverKey: string, id: string, { wipe }: { wipe: boolean }): Promise<void> {
  await tx.query('select server_end_access($1, $2, $3)', [serverKey, id, wipe]);
}
