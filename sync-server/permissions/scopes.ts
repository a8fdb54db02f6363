import { roles, type Role } from '#contract/roles.ts';

/**
 * A scope is a set of readers; `sync_members` says who is in it. Flat scopes stand alone, keyed ones carry the id of what
 * they are about (`cs:<course>`). `sql/members.sql` puts people into them.
 */
export const flatScopes = {
  /** Everyone signed in. */
  all: roles,
  /** What is published, for students. */
  pub: ['student'],
  /** The catalogue for those who work with it. */
  cat: ['mentor', 'enrollment_manager', 'admin', 'superadmin'],
  /** The directory of mentors. */
  mentors: ['mentor'],
  /** What enrolment managers work by. */
  managers: ['enrollment_manager'],
  staff: ['admin', 'superadmin'],
  super: ['superadmin'],
  /** Students with an enrolment that is not cancelled. */
  learners: ['student'],
  /** Those of them to whom learning is open: neither limited nor left, and something was paid. */
  open: ['student'],
} as const satisfies Record<string, readonly Role[]>;
export type FlatScope = keyof typeof flatScopes;

/** Name, colon, key. */
export const keyedScopes = {
  /** The person. */
  u: roles,
  /** A course a student reaches. */
  cs: ['student'],
  /** A pathway a student is enrolled in. */
  ps: ['student'],
  /** A batch a student is in. */
  bs: ['student'],
  /** A batch of a student whose account is open: what lets one into its live sessions. */
  ba: ['student'],
  /** A resource shown to the student. */
  rs: ['student'],
  /** A section that holds a resource shown to the student. */
  sr: ['student'],
  /** A lesson that was opened to the student, or that the device may open offline. */
  ls: ['student'],
  /** A lesson that was opened to the student. */
  lo: ['student'],
  /** A mentor whom the student meets. */
  md: ['student'],
  /** A course a mentor covers. */
  cm: ['mentor'],
  /** A student in a mentor's scope: assigned, or active in a course the mentor covers. */
  sm: ['mentor'],
  /** A batch in which a student of the mentor's scope is. */
  bm: ['mentor'],
  /** A student assigned to the mentor in person. */
  am: ['mentor'],
  /** A course reached by a student to whom learning is open. */
  co: ['student'],
  /** A session for some batches, or for those without one, that is for the student. */
  se: ['student'],
  /** The same, where learning is open to the student. */
  so: ['student'],
  /** A conversation the person is part of. */
  th: roles,
  /** A student whom an enrolment manager looks after. */
  es: ['enrollment_manager'],
} as const satisfies Record<string, readonly Role[]>;
export type KeyedScope = keyof typeof keyedScopes;

export const isKeyed = (scope: FlatScope | KeyedScope): scope is KeyedScope => Object.hasOwn(keyedScopes, scope);

/** Who can be a reader of the scope at all. */
export const readersOf = (scope: FlatScope | KeyedScope): readonly Role[] =>
  isKeyed(scope) ? keyedScopes[scope] : flatScopes[scope];
