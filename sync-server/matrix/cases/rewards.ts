import { randomUUID } from 'node:crypto';
import type { At, CommandCase } from './format.ts';
import { studentOf } from './rows.ts';

const reason = 'The matrix asks for it';
const name = () => `Made by the matrix ${randomUUID()}`;
const badge = ({ stage }: At) => stage.insert('badges', { name: name() });
const category = ({ stage }: At) => stage.insert('milestone_categories', { name: name() });

/** A milestone that comes with a badge. */
const milestone = async (at: At): Promise<string> =>
  at.stage.insert('milestones', {
    name: name(),
    description: 'By hand',
    badge_id: await badge(at),
    trigger_type: 'manual',
  });
const saved = () => ({ name: name(), description: 'By hand', trigger_type: 'manual' });

let serial = 100_000;

async function certificate(at: At): Promise<string> {
  const course_id = await at.stage.insert('courses', { title: name(), is_published: true });
  serial += 1;
  return at.stage.insert('certificates', {
    student_id: at.stage.person('student').id,
    type: 'course',
    course_id,
    number: `CERT-1999-${serial}`,
    title: 'A course',
    printed_name: 'Somebody',
    verification_code: `MATRIX${[...String(serial)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('')}AAAA`,
  });
}

/** Badges, milestones, certificates and the ranking (workflows 3.33, 3.34). */
export const rewardCommands: readonly CommandCase[] = [
  { name: 'save-badge', input: () => ({ name: name() }) },
  { name: 'save-badge', input: async (at) => ({ id: await badge(at), name: name() }) },
  { name: 'delete-badge', input: async (at) => ({ id: await badge(at) }) },
  { name: 'save-milestone-category', input: () => ({ name: name() }) },
  { name: 'save-milestone-category', input: async (at) => ({ id: await category(at), name: name() }) },
  { name: 'delete-milestone-category', input: async (at) => ({ id: await category(at) }) },
  { name: 'save-milestone', input: saved },
  { name: 'save-milestone', input: async (at) => ({ id: await milestone(at), ...saved() }) },
  { name: 'delete-milestone', input: async (at) => ({ id: await milestone(at) }) },
  {
    name: 'award-badge',
    input: async (at) => ({ user_id: await studentOf(at), badge_id: await badge(at), notes: 'Well done' }),
  },
  {
    name: 'award-milestone',
    input: async (at) => ({ user_id: await studentOf(at), milestone_id: await milestone(at), notes: 'Well done' }),
  },
  {
    name: 'revoke-badge',
    input: async (at) => {
      const given = { user_id: await studentOf(at), badge_id: await badge(at) };
      await at.stage.insert('user_badges', given);
      return { ...given, reason };
    },
  },
  {
    name: 'revoke-milestone',
    input: async (at) => {
      const [user_id, milestone_id] = [await studentOf(at), await milestone(at)];
      const [{ badge_id } = { badge_id: '' }] = await at.stage.rows<{ badge_id: string }>(
        'select badge_id from milestones where id = $1',
        [milestone_id],
      );
      await at.stage.insert('user_milestones', { user_id, milestone_id });
      await at.stage.insert('user_badges', { user_id, badge_id, milestone_id });
      return { user_id, milestone_id, reason };
    },
  },
  {
    name: 'issue-certificate',
    input: async (at) => {
      const student_id = await studentOf(at);
      const target_id = await at.stage.insert('courses', { title: name(), is_published: true });
      await at.stage.insert('course_enrollments', { student_id, course_id: target_id, status: 'completed' });
      return { student_id, type: 'course', target_id };
    },
  },
  { name: 'revoke-certificate', input: async (at) => ({ certificate_id: await certificate(at), reason }) },
  {
    name: 'correct-certificate-name',
    input: async (at) => ({ certificate_id: await certificate(at), printed_name: 'Ayesha A.' }),
  },
  {
    name: 'exclude-from-leaderboard',
    input: async (at) => {
      const student_id = await studentOf(at);
      await at.stage.rows('update students set leaderboard_excluded = false where id = $1', [student_id]);
      await at.stage.rows(
        `insert into leaderboard_snapshots (user_id, period, display_name, rank) values ($1, 'all', 'Somebody', 9)
         on conflict (user_id, period) do update set is_deleted = false`,
        [student_id],
      );
      return { student_id, excluded: true, reason };
    },
  },
];
