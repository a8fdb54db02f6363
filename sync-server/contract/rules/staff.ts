import type { Actor, Role } from '../roles.ts';

/** Who may make, change, block and remove accounts of whom (data model R1, R4). What is not listed is refused. */

const makes: Record<Role, readonly Role[]> = {
  superadmin: ['superadmin', 'admin', 'enrollment_manager', 'mentor', 'student'],
  admin: ['enrollment_manager', 'mentor', 'student'],
  enrollment_manager: ['student'],
  mentor: [],
  student: [],
};

const blocks: Record<Role, readonly Role[]> = {
  superadmin: ['admin', 'enrollment_manager', 'mentor', 'student'],
  admin: ['enrollment_manager', 'mentor'],
  enrollment_manager: [],
  mentor: [],
  student: [],
};

/** Whether this role may create accounts of that role. */
export const mayCreate = (creator: Role, role: Role): boolean => makes[creator].includes(role);

/** Whether the actor may change, reset or deactivate this account. Enrolment managers change students by narrower rules of their own. */
export const mayManage = (actor: Actor, target: Actor): boolean =>
  actor.role !== 'enrollment_manager' && makes[actor.role].includes(target.role);

/** Whether the actor may keep this account from signing in, or let it again; never the own one. */
export const mayBlock = (actor: Actor, target: Actor): boolean =>
  actor.id !== target.id && blocks[actor.role].includes(target.role);

/** Whether the actor may deactivate this account; nobody the own one, nobody upwards. */
export const mayDeactivate = (actor: Actor, target: Actor): boolean =>
  actor.id !== target.id && mayManage(actor, target);
