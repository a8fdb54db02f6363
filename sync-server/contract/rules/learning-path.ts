import type { PathItem, Question } from '../tables/onboarding.ts';
import type { Answer } from './onboarding.ts';

type Step = { course_id: string; step_number: number; choice_group: number | null };
export type PlanPathway = { id: string; name: string; is_enrolled: boolean; steps: readonly Step[] };
export type PlanCourse = { id: string; title: string; minutes: number };

/** What a plan is made from (workflows 3.31). */
export type PlanFacts = {
  questions: readonly Question[];
  answers: readonly Answer[];
  /** Pathways the student is enrolled in or may buy. */
  pathways: readonly PlanPathway[];
  /** Courses of those pathways, and those the student is enrolled in directly. */
  courses: readonly PlanCourse[];
  /** Direct enrolments, for students without any pathway. */
  enrolled_course_ids: readonly string[];
  /** Lessons that went badly: a low rating, or work sent back. */
  weak_lessons: readonly { lesson_id: string; course_id: string; title: string }[];
};

const defaultWeeklyHours = 5;

type Wishes = { pathways: ReadonlyMap<string, number>; courses: ReadonlyMap<string, number>; weeklyHours: number };

/** Adds up what the picked options say about pathways, courses and time. */
function readWishes({ questions, answers }: PlanFacts): Wishes {
  const pathways = new Map<string, number>();
  const courses = new Map<string, number>();
  let weeklyHours: number | undefined;
  const count = (scores: Map<string, number>, ids: readonly string[] = []) =>
    ids.forEach((id) => scores.set(id, (scores.get(id) ?? 0) + 1));
  for (const question of questions) {
    const given = answers.find(({ question_id }) => question_id === question.id)?.answer ?? '';
    const picked = question.options?.filter(({ label }) => isPicked(question, given, label)) ?? [];
    for (const option of picked) {
      count(pathways, option.pathway_ids);
      count(courses, option.course_ids);
      weeklyHours = option.weekly_hours ?? weeklyHours;
    }
  }
  return { pathways, courses, weeklyHours: weeklyHours ?? defaultWeeklyHours };
}

function isPicked({ answerType }: Question, given: string, label: string): boolean {
  if (answerType === 'singleSelect') return given === label;
  if (answerType !== 'multiSelect' || given === '') return false;
  try {
    return (JSON.parse(given) as unknown[]).includes(label);
  } catch {
    // The guard lets no such answer in; an old one counts as nothing picked.
    return false;
  }
}

const scoreOf = ({ id, steps }: PlanPathway, { pathways, courses }: Wishes): number =>
  (pathways.get(id) ?? 0) + steps.reduce((sum, step) => sum + (courses.get(step.course_id) ?? 0), 0);

/** The best score wins, ties by name. Where nothing was tagged, the pathway the student is enrolled in. */
function choosePathway({ pathways }: PlanFacts, wishes: Wishes): PlanPathway | undefined {
  const tagged = pathways.filter((pathway) => scoreOf(pathway, wishes) > 0);
  const candidates = tagged.length > 0 ? tagged : pathways.filter(({ is_enrolled }) => is_enrolled);
  return candidates.toSorted(
    (a, b) => scoreOf(b, wishes) - scoreOf(a, wishes) || (a.name < b.name ? -1 : 1) || (a.id < b.id ? -1 : 1),
  )[0];
}

/** The courses in order; of those to choose between, the one the answers speak for. */
function chooseCourses({ steps }: PlanPathway, { courses }: Wishes): string[] {
  const ordered = steps.toSorted((a, b) => a.step_number - b.step_number || (a.course_id < b.course_id ? -1 : 1));
  const best = (group: number) =>
    ordered
      .filter(({ choice_group }) => choice_group === group)
      .toSorted((a, b) => (courses.get(b.course_id) ?? 0) - (courses.get(a.course_id) ?? 0))[0];
  return ordered
    .filter((step) => step.choice_group === null || best(step.choice_group) === step)
    .map(({ course_id }) => course_id);
}

/**
 * An ordered plan with weeks counted from 1: each course begins when the minutes before it are done at the student's pace.
 * It recommends and opens nothing. Empty where the student is enrolled in nothing and no answer speaks for anything.
 */
export function makePlan(facts: PlanFacts): PathItem[] {
  const wishes = readWishes(facts);
  const pathway = choosePathway(facts, wishes);
  const ids = pathway ? chooseCourses(pathway, wishes) : facts.enrolled_course_ids;
  const reason = (id: string): string => {
    if (wishes.courses.has(id)) return 'Your answers speak for this course.';
    return pathway ? `Part of ${pathway.name}.` : 'You are enrolled in this course.';
  };
  const items: PathItem[] = [];
  let minutes = 0;
  for (const id of ids) {
    const course = facts.courses.find((one) => one.id === id);
    if (!course) continue;
    const week = Math.min(520, 1 + Math.floor(minutes / (wishes.weeklyHours * 60)));
    items.push({ course_id: id, week, reason: reason(id) });
    for (const { lesson_id, course_id, title } of facts.weak_lessons)
      if (course_id === id)
        items.push({ course_id: id, lesson_id, week, reason: `Worth a second look: ${title}`.slice(0, 300) });
    minutes += course.minutes;
  }
  return items;
}
