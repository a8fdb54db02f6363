import type { Role } from '#contract/roles.ts';
import { mainPeople } from './main-people.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

export type DemoMentor = { id: string; full_name: string; courseKeys: readonly string[] };

const colleague = (role: Role, name: string, full_name: string, number: number) => ({
  id: seedId('person', name),
  role,
  full_name,
  email: `${name}@falcon.academy`,
  phone: `+9230012345${String(number).padStart(2, '0')}`,
});

const colleagues = {
  hira: colleague('mentor', 'hira', 'Hira Saleem', 11),
  usman: colleague('mentor', 'usman', 'Usman Tariq', 12),
  zainab: colleague('mentor', 'zainab', 'Zainab Qureshi', 13),
  nida: colleague('enrollment_manager', 'nida', 'Nida Aslam', 14),
  faisal: colleague('admin', 'faisal', 'Faisal Raza', 15),
};

/** Who may sign in with which hash; the named five have their own, everybody else one that nobody knows. */
export type PasswordHashes = { of(name: keyof typeof mainPeople): string; others: string };

const mentorDetails: readonly (DemoMentor & { bio: string; specialties: string[] })[] = [
  {
    ...mainPeople.bilal,
    courseKeys: ['start-your-store', 'adverts-that-pay'],
    bio: 'Sold kitchen goods from his uncle’s garage before teaching. Reads every cost sheet twice.',
    specialties: ['Product choice', 'Pricing'],
  },
  {
    ...colleagues.hira,
    courseKeys: ['start-your-store', 'run-the-business'],
    bio: 'Ran operations for two Lahore fashion stores with forty orders a day.',
    specialties: ['Stores', 'Couriers'],
  },
  {
    ...colleagues.usman,
    courseKeys: ['adverts-that-pay', 'run-the-business'],
    bio: 'Has spent other people’s advert money for nine years and remembers every rupee.',
    specialties: ['Adverts', 'Numbers'],
  },
  {
    ...colleagues.zainab,
    courseKeys: ['brand-and-content'],
    bio: 'Brand designer from Islamabad; believes in two colours and short sentences.',
    specialties: ['Brand', 'Content'],
  },
];

export const mentors: readonly DemoMentor[] = mentorDetails;
/** Enrolment managers, who brought the students in. */
export const enrolmentManagers: readonly string[] = [mainPeople.omar.id, colleagues.nida.id];

/** Staff of every role and the mentors with the courses they cover. */
export function addTeam(rows: RowCollector, hashes: PasswordHashes, joinedAt: string): void {
  for (const [name, person] of Object.entries(mainPeople)) {
    if (person.role !== 'student') addUser(rows, person, hashes.of(name as keyof typeof mainPeople), joinedAt);
  }
  for (const person of Object.values(colleagues)) addUser(rows, person, hashes.others, joinedAt);
  for (const { id, full_name, bio, specialties, courseKeys } of mentorDetails) {
    rows.add('mentors', { id, display_name: full_name, bio, specialties });
    courseKeys.forEach((key, index) =>
      rows.add('mentor_course_assignments', {
        id: seedId('covers', id, key),
        mentor_id: id,
        course_id: seedId('course', key),
        is_primary: index === 0,
      }),
    );
  }
}

type NewUser = { id: string; role: Role; full_name: string; email: string; phone: string };

function addUser(rows: RowCollector, person: NewUser, password_hash: string, joinedAt: string): void {
  const { id, role, full_name, email, phone } = person;
  rows.add('users', { id, role, full_name, email, phone, is_temp_password: false, created_at: joinedAt });
  rows.add('user_credentials', { user_id: id, password_hash });
}
