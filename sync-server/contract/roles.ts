import { z } from 'zod';

/** The five roles an account may hold (`users.role`). Read from the database on every request, never from a token. */
export const roles = ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

/** The signed-in person, as rules and services see them. */
export type Actor = { readonly id: string; readonly role: Role };

/** Admin and superadmin: the staff who run the whole academy. */
export const isStaff = (role: Role): boolean => role === 'admin' || role === 'superadmin';
