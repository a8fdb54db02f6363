import type { Role } from '#contract/roles.ts';
import { seedId } from './seed-id.ts';

export type SeedPerson = { id: string; role: Role; full_name: string; email: string; phone: string };

const person = (role: Role, name: string, full_name: string, phone: string): SeedPerson => ({
  id: seedId('person', name),
  role,
  full_name,
  email: `${name}@falcon.academy`,
  phone,
});

/** The five people whom the terminal names and the journeys follow; both seeds know them by the same ids. */
export const mainPeople = {
  ayesha: person('student', 'ayesha', 'Ayesha Siddiqui', '+923001234501'),
  bilal: person('mentor', 'bilal', 'Bilal Ahmed', '+923001234502'),
  omar: person('enrollment_manager', 'omar', 'Omar Farooq', '+923001234503'),
  dua: person('admin', 'dua', 'Dua Khan', '+923001234504'),
  sana: person('superadmin', 'sana', 'Sana Mirza', '+923001234505'),
} as const;
