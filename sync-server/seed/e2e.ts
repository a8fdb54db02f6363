import type { Role } from '#contract/roles.ts';
import { asServer } from '../db/as-actor.ts';
import type { Pool, Tx } from '../db/sql.ts';
import { hashPassword } from '../features/identity/passwords.ts';
import { storeClips } from './clip-media.ts';
import { insertCompany } from './company.ts';
import { insertRow, insertRows } from './insert-rows.ts';
import { mainPeople } from './main-people.ts';
import { seedId } from './seed-id.ts';
import { readServerKey } from './server-key.ts';
import { settleLearning } from './settle-learning.ts';

export type E2eOptions = {
  /** The password of all five people. */
  password: string;
  /** Where the server keeps files; the clips of L1, L2, L3 and K1 go there. */
  filesDir: string;
  now?: Date;
};

/** Ids of the small academy of the journeys (screens §6). */
export const e2eIds = {
  ...Object.fromEntries(Object.entries(mainPeople).map(([name, { id }]) => [name, id])),
  c1: seedId('e2e', 'c1'),
  m1: seedId('e2e', 'm1'),
  l1: seedId('e2e', 'l1'),
  l2: seedId('e2e', 'l2'),
  l3: seedId('e2e', 'l3'),
  w1: seedId('e2e', 'w1'),
  c2: seedId('e2e', 'c2'),
  m2: seedId('e2e', 'm2'),
  k1: seedId('e2e', 'k1'),
  w2: seedId('e2e', 'w2'),
  b1: seedId('e2e', 'b1'),
} as Record<
  keyof typeof mainPeople | 'c1' | 'm1' | 'l1' | 'l2' | 'l3' | 'w1' | 'c2' | 'm2' | 'k1' | 'w2' | 'b1',
  string
>;

const day = 86_400_000;

/** Fills an empty, migrated database with the academy that the journeys of screens §6 start from. */
export async function seedE2e(
  server: Pool,
  { password, filesDir, now = new Date() }: E2eOptions,
): Promise<{ accounts: { role: Role; email: string; password: string }[] }> {
  const serverKey = await readServerKey(server);
  const password_hash = await hashPassword(password);
  await asServer(server, async (tx) => {
    const tenDaysAgo = new Date(now.getTime() - 10 * day).toISOString();
    await insertCompany(tx, {
      rating_gate_from: tenDaysAgo.slice(0, 10),
      lms_sequential_unlock: true,
      // Tests sign the same student in again and again, each time on another device.
      student_device_limit: 20,
    });
    await insertPeople(tx, password_hash);
    await insertCatalogue(tx);
    await insertEnrolments(tx, tenDaysAgo);
  });
  await storeClips({ server, serverKey, storage: { FILES_DIR: filesDir } }, [
    [e2eIds.l1, 'welcome'],
    [e2eIds.l2, 'price-with-margin'],
    [e2eIds.l3, 'read-your-numbers'],
    [e2eIds.k1, 'first-advert'],
  ]);
  await settleLearning(server, serverKey, [e2eIds.ayesha], now);
  return { accounts: Object.values(mainPeople).map(({ role, email }) => ({ role, email, password })) };
}

async function insertPeople(tx: Tx, password_hash: string): Promise<void> {
  const people = Object.values(mainPeople);
  await insertRows(
    tx,
    'users',
    people.map((person) => ({
      ...person,
      is_temp_password: false,
      lms_status: person.role === 'student' ? 'active' : 'inactive',
    })),
  );
  await insertRows(
    tx,
    'user_credentials',
    people.map(({ id }) => ({ user_id: id, password_hash })),
  );
  await tx.query("select app_next_number('student')");
  await insertRow(tx, 'students', {
    id: e2eIds.ayesha,
    student_number: 'STU000001',
    fees_cleared: true,
    onboarding_completed: true,
    goal_brief: 'Open my own shop by summer',
  });
  await insertRow(tx, 'mentors', {
    id: e2eIds.bilal,
    display_name: mainPeople.bilal.full_name,
    bio: 'Ran two stores before teaching.',
    specialties: ['Store building', 'Pricing'],
  });
  await insertRow(tx, 'student_mentor_assignments', { student_id: e2eIds.ayesha, mentor_id: e2eIds.bilal });
}

async function insertCatalogue(tx: Tx): Promise<void> {
  const { c1, c2, m1, m2, l1, l2, l3, k1, w1, w2 } = e2eIds;
  await insertRows(tx, 'courses', [
    {
      id: c1,
      title: 'Start your online store',
      description: 'From an idea to the first orders.',
      price: 10_000_000,
      is_published: true,
      is_default: true,
      sequence_order: 1,
    },
    {
      id: c2,
      title: 'Customer letters',
      description: 'Write so that people answer.',
      price: 3_000_000,
      is_published: true,
      is_default: false,
      sequence_order: 2,
    },
  ]);
  await insertRows(tx, 'modules', [
    { id: m1, course_id: c1, title: 'First steps', sequence_order: 1 },
    { id: m2, course_id: c2, title: 'Letters', sequence_order: 1 },
  ]);
  const lesson = (
    id: string,
    module_id: string,
    sequence_order: number,
    recording_title: string,
    description: string,
  ) => ({ id, module_id, sequence_order, recording_title, description, duration_min: 1 });
  await insertRows(tx, 'available_lessons', [
    lesson(l1, m1, 1, 'Welcome to your course', 'How the course works and what your mentor does.'),
    lesson(l2, m1, 2, 'Price with a margin', 'What one order costs and what must be left for you.'),
    lesson(l3, m1, 3, 'Read your numbers', 'Four numbers that tell you how the week went.'),
    lesson(k1, m2, 1, 'A letter that is answered', 'One reader, one promise, one request.'),
  ]);
  await insertRows(tx, 'assignments', [
    {
      id: w1,
      lesson_id: l1,
      course_id: c1,
      name: 'Your business plan',
      description: 'One page that says what you sell and to whom.',
      instructions: 'Send your plan as PDF: product, buyer, price, and the first step of next week.',
      submission_type: 'file',
    },
    {
      id: w2,
      lesson_id: k1,
      course_id: c2,
      name: 'A letter to a customer',
      description: 'A letter you could send today.',
      instructions: 'Write a letter of at most 150 words to a customer whose parcel is late.',
      submission_type: 'text',
    },
  ]);
  await insertRows(tx, 'mentor_course_assignments', [
    { mentor_id: e2eIds.bilal, course_id: c1, is_primary: true },
    { mentor_id: e2eIds.bilal, course_id: c2, is_primary: true },
  ]);
}

async function insertEnrolments(tx: Tx, tenDaysAgo: string): Promise<void> {
  const { b1, c1, c2, ayesha } = e2eIds;
  await insertRow(tx, 'batches', { id: b1, name: 'Batch 1', start_date: tenDaysAgo.slice(0, 10), course_id: c1 });
  await insertRow(tx, 'batch_courses', { batch_id: b1, course_id: c1 });
  const paid = {
    student_id: ayesha,
    payment_status: 'paid',
    enrolled_at: tenDaysAgo,
    snapshot_currency: 'PKR',
    snapshot_source: 'course',
    snapshot_taken_at: tenDaysAgo,
  };
  const enrolments = await insertRows(tx, 'course_enrollments', [
    {
      id: seedId('e2e', 'enrolment', 'c1'),
      ...paid,
      course_id: c1,
      batch_id: b1,
      total_amount: 10_000_000,
      amount_paid: 10_000_000,
      snapshot_price: 10_000_000,
    },
    {
      id: seedId('e2e', 'enrolment', 'c2'),
      ...paid,
      course_id: c2,
      batch_id: null,
      total_amount: 3_000_000,
      amount_paid: 3_000_000,
      snapshot_price: 3_000_000,
    },
  ]);
  const year = tenDaysAgo.slice(0, 4);
  const invoice = (index: number, course_id: string, amount: number) => ({
    student_id: ayesha,
    enrollment_id: enrolments[index]!,
    course_id,
    installment_number: 1,
    currency: 'PKR',
    amount,
    amount_paid: amount,
    invoice_number: `INV-${year}-${String(index + 1).padStart(6, '0')}`,
    status: 'paid',
    issue_date: tenDaysAgo,
    due_date: tenDaysAgo,
    paid_at: tenDaysAgo,
    payment_method: 'bank_transfer',
  });
  await insertRows(tx, 'invoices', [invoice(0, c1, 10_000_000), invoice(1, c2, 3_000_000)]);
  await insertRow(tx, 'number_counters', { scope: `invoice:${year}`, last_value: 2 });
}
