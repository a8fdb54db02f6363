import { expect, test } from 'vitest';
import { roles, type Role } from '../roles.ts';
import { mayBlock, mayCreate, mayDeactivate, mayManage } from './staff.ts';

const matrix = (rule: (actor: Role, target: Role) => boolean) =>
  Object.fromEntries(roles.map((actor) => [actor, roles.filter((target) => rule(actor, target))]));
const two = (actor: Role, target: Role) =>
  [{ id: 'a', role: actor } as const, { id: 'b', role: target } as const] as const;

test('accounts are made downwards; those of admins and superadmins by superadmins only', () => {
  expect(matrix(mayCreate)).toEqual({
    student: [],
    mentor: [],
    enrollment_manager: ['student'],
    admin: ['student', 'mentor', 'enrollment_manager'],
    superadmin: ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'],
  });
});

test('accounts are managed and deactivated by admins below them, and by superadmins', () => {
  const expected = {
    student: [],
    mentor: [],
    enrollment_manager: [],
    admin: ['student', 'mentor', 'enrollment_manager'],
    superadmin: ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'],
  };
  expect(matrix((actor, target) => mayManage(...two(actor, target)))).toEqual(expected);
  expect(matrix((actor, target) => mayDeactivate(...two(actor, target)))).toEqual(expected);
});

test('admins block mentors and enrolment managers, superadmins everybody but superadmins', () => {
  expect(matrix((actor, target) => mayBlock(...two(actor, target)))).toEqual({
    student: [],
    mentor: [],
    enrollment_manager: [],
    admin: ['mentor', 'enrollment_manager'],
    superadmin: ['student', 'mentor', 'enrollment_manager', 'admin'],
  });
});

test('nobody blocks or deactivates the own account', () => {
  for (const role of roles) {
    const self = { id: 'a', role };
    expect([mayBlock(self, self), mayDeactivate(self, self)]).toEqual([false, false]);
  }
});
