import type { Catalogue, DemoCourse } from './demo-catalogue.ts';
import { addNote, walkCourse, type Journey, type Learner } from './demo-journey.ts';
import { planFees } from './demo-money.ts';
import { enrolmentManagers, mentors, type DemoMentor } from './demo-people.ts';
import { stateCycle, type DemoState } from './demo-states.ts';
import { later } from './demo-time.ts';
import { mainPeople } from './main-people.ts';
import { inventPerson } from './names.ts';
import { seedId } from './seed-id.ts';

type Target = { course: DemoCourse; pathway?: Catalogue['pathways'][number]; price: number };
type Student = {
  number: number;
  id: string;
  full_name: string;
  email: string;
  phone: string;
  state: DemoState;
  enrolledAt: string;
  mentor: DemoMentor;
};

/** The student whom the terminal names: half-way through the first course, new in the fourth, with one declined attempt behind her. */
export function addAyesha(journey: Journey, catalogue: Catalogue, password_hash: string): string {
  const { time } = journey;
  const { id, full_name, email, phone } = mainPeople.ayesha;
  const [store, , , brand] = catalogue.courses as [DemoCourse, DemoCourse, DemoCourse, DemoCourse];
  const state: DemoState = {
    name: 'Ayesha',
    enrolledDaysAgo: [30, 30],
    done: [0, 0],
    ends: 'declined',
    money: 'paid',
    lms_status: 'active',
  };
  const student = { number: 1, id, full_name, email, phone, state, enrolledAt: time.daysAgo(30), mentor: mentors[0]! };
  const isCleared = addEnrolment(journey, catalogue, student, { course: store, price: store.price }, 1);
  addStudent(journey, student, {
    password_hash,
    isCleared,
    parts: 1,
    createdBy: enrolmentManagers[0]!,
    goal: 'Sell lunch boxes from Karachi to the whole country',
  });
  addEnrolment(
    journey,
    catalogue,
    { ...student, enrolledAt: time.daysAgo(3) },
    { course: brand, price: brand.price },
    1,
  );
  const learner: Learner = { id, full_name, mentor: student.mentor };
  walkCourse(journey, learner, store, { startedAt: student.enrolledAt, lessonsDone: 6, ends: 'declined' });
  walkCourse(journey, { ...learner, mentor: mentors[3]! }, brand, {
    startedAt: time.daysAgo(3),
    lessonsDone: 0,
    ends: 'nothing',
  });
  addNote(journey, learner, store.lessons[0]!, 17, 'Bilal reads *everything*. Send drafts early.', time.daysAgo(28));
  addNote(
    journey,
    learner,
    store.lessons[1]!,
    25,
    'Three complaints to look for:\n\n- lid breaks\n- smell\n- too small',
    time.daysAgo(25),
  );
  addNote(
    journey,
    learner,
    store.lessons[4]!,
    null,
    'Ask the supplier about 50 pieces before I fix the price.',
    time.daysAgo(16),
  );
  return id;
}

/** Everybody else, in the mixture of `stateCycle`. Answers their ids. */
export function addStudents(journey: Journey, catalogue: Catalogue, count: number, password_hash: string): string[] {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { random, time } = journey;
    const state = stateCycle[index % stateCycle.length]!;
    const target = chooseTarget(journey, catalogue, state);
    const student: Student = {
      number: index + 2,
      id: seedId('student', String(index)),
      ...inventPerson(random, index + 2),
      state,
      enrolledAt: time.daysAgo(random.between(...state.enrolledDaysAgo) + random.next()),
      mentor: random.pick(mentors.filter((mentor) => mentor.courseKeys.includes(target.course.key))),
    };
    const parts = partsOf(journey, state);
    const isCleared = addEnrolment(journey, catalogue, student, target, parts);
    const createdBy = random.pick([enrolmentManagers[0]!, ...enrolmentManagers]);
    addStudent(journey, student, { password_hash, isCleared, parts, createdBy });
    const share = state.done[0] + (state.done[1] - state.done[0]) * random.next();
    walkCourse(journey, student, target.course, {
      startedAt: student.enrolledAt,
      lessonsDone: Math.floor(share * target.course.lessons.length),
      ends: state.ends,
    });
    ids.push(student.id);
  }
  return ids;
}

function chooseTarget({ random }: Journey, { courses, pathways }: Catalogue, state: DemoState): Target {
  const direct = (course: DemoCourse): Target => ({ course, price: course.price });
  if (state.ends === 'complete') return direct(courses[0]!);
  const throughPathway = (pathway: Catalogue['pathways'][number]): Target => ({
    course: pathway.courses[0]!,
    pathway,
    price: pathway.price,
  });
  return random.pick([
    () => direct(courses[0]!),
    () => direct(courses[0]!),
    () => direct(courses[0]!),
    () => direct(courses[1]!),
    () => direct(courses[3]!),
    () => throughPathway(pathways[0]!),
    () => throughPathway(pathways[1]!),
  ])();
}

/** Somebody who is behind with a later part, or got money back, had several. */
const partsOf = ({ random }: Journey, state: DemoState): number =>
  state.money === 'overdue' || state.money === 'refunded' ? 3 : random.pick([1, 1, 2, 3]);

type Account = { password_hash: string; isCleared: boolean; parts: number; createdBy: string; goal?: string };

function addStudent(journey: Journey, student: Student, account: Account): void {
  const { rows, time, random } = journey;
  const { id, full_name, email, phone, state, enrolledAt, mentor } = student;
  const isBlocked = state.cause === 'manual' || state.cause === 'refund';
  rows.add('users', {
    id,
    role: 'student',
    full_name,
    email,
    phone,
    status: isBlocked ? 'suspended' : 'active',
    sessions_revoked_at: isBlocked ? time.daysAgo(5) : null,
    lms_status: state.lms_status,
    lms_status_reason: state.cause ?? null,
    is_temp_password: false,
    last_active_at: time.daysAgo(state.lms_status === 'active' ? random.next() * 3 : 5 + random.next() * 20),
    created_by: account.createdBy,
    created_at: enrolledAt,
  });
  rows.add('user_credentials', { user_id: id, password_hash: account.password_hash });
  addStudentRow(journey, student, account);
  rows.add('student_mentor_assignments', {
    id: seedId('mentoring', id),
    student_id: id,
    mentor_id: mentor.id,
    assigned_at: enrolledAt,
  });
  if (state.cause) {
    rows.add('suspensions', {
      id: seedId('suspension', id),
      user_id: id,
      cause: state.cause,
      reason: state.cause === 'manual' ? 'Shared the account with two others' : null,
      starts_at: time.daysAgo(5),
    });
  }
}

function addStudentRow({ rows }: Journey, { id, number, state, enrolledAt }: Student, account: Account): void {
  rows.add('students', {
    id,
    student_number: `STU${String(number).padStart(6, '0')}`,
    enrollment_date: enrolledAt,
    installment_count: account.parts,
    fees_cleared: account.isCleared,
    onboarding_completed: account.goal !== undefined,
    goal_brief: account.goal ?? null,
    churned_at: state.lms_status === 'dropout' ? later(enrolledAt, { days: 40 }) : null,
    outcome: state.lms_status === 'dropout' ? 'dropout' : null,
    outcome_set_at: state.lms_status === 'dropout' ? later(enrolledAt, { days: 40 }) : null,
  });
}

/** Puts a student into a course or pathway with its invoices. Answers whether every fee is paid. */
function addEnrolment(
  journey: Journey,
  catalogue: Catalogue,
  student: Student,
  target: Target,
  parts: number,
): boolean {
  const { rows, time } = journey;
  const { id, state, enrolledAt } = student;
  const { course, pathway, price } = target;
  const enrolmentId = seedId('enrolment', id, pathway?.id ?? course.id);
  const fees = planFees(time, state, { id: enrolmentId, studentId: id, enrolledAt, total: price, parts });
  const isStore = course === catalogue.courses[0] && !pathway;
  const status = state.ends === 'complete' ? 'completed' : state.money === 'refunded' ? 'cancelled' : 'active';
  rows.add('course_enrollments', {
    id: enrolmentId,
    student_id: id,
    course_id: pathway ? null : course.id,
    pathway_id: pathway?.id ?? null,
    current_course_id: pathway ? course.id : null,
    batch_id: isStore ? (enrolledAt < time.daysAgo(30) ? catalogue.batches.running : catalogue.batches.recent) : null,
    enrollment_source: pathway ? 'pathway' : 'direct',
    status,
    enrolled_at: enrolledAt,
    completed_at: status === 'completed' ? time.daysAgo(8) : null,
    access_expires_at: state.cause === 'expired' ? time.daysAgo(5) : null,
    payment_status: fees.payment_status,
    total_amount: price,
    amount_paid: fees.amount_paid,
    snapshot_price: price,
    snapshot_currency: 'PKR',
    snapshot_source: pathway ? 'pathway' : 'course',
    snapshot_taken_at: enrolledAt,
    created_at: enrolledAt,
  });
  fees.invoices.forEach((invoice) => rows.add('invoices', { ...invoice, created_at: enrolledAt }));
  return fees.fees_cleared;
}
