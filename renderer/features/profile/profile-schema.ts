import { z } from 'zod';
import { users } from '#contract/tables/people.ts';

/** People write numbers with spaces and dashes; the academy keeps them bare. */
export const barePhone = (typed: string): string => typed.replace(/[\s().-]/g, '');

/** What a person may change of themselves, by the table's own rules. An empty phone is none. */
export const profileSchema = z.object({
  full_name: z.string().trim().pipe(users.row.shape.full_name),
  phone: z.string().refine((typed) => typed.trim() === '' || users.row.shape.phone.safeParse(barePhone(typed)).success),
});
export type ProfileInput = z.infer<typeof profileSchema>;

/** `+923000000000` as `+92 300 0000000`; other lengths stay as they are. */
export const spacedPhone = (phone: string): string => phone.replace(/^(\+92)(\d{3})(\d{7})$/, '$1 $2 $3');
