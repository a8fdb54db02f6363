import { composeAnswers, composeGoalBrief, type Answer } from '#contract/rules/onboarding.ts';
import type { Question } from '#contract/tables/onboarding.ts';
import { naturalId } from '#contract/natural-id.ts';
import { bundles, goals, questions, sections, tracks, type DemoResource } from './content/surroundings.ts';
import { rupees, type Catalogue } from './demo-catalogue.ts';
import { later, type DemoTime } from './demo-time.ts';
import type { NewRow } from './insert-rows.ts';
import { createRandom, type Random } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

type Plan = { rows: RowCollector; time: DemoTime; catalogue: Catalogue; authorId: string };

/** Bundles, tracks, schedules, resources and onboarding. Chance of its own, so that it changes nobody thought up before. */
export function addSurroundings(plan: Plan): void {
  addBundles(plan);
  addTracks(plan);
  for (const batchId of Object.values(plan.catalogue.batches)) addSchedule(plan, batchId);
  addResources(plan);
  addOnboarding(plan, createRandom(20_261_124));
}

const courseIds = (keys: readonly string[]): string[] => keys.map((key) => seedId('course', key));

function addBundles({ rows, authorId }: Plan): void {
  for (const { key, name, description, price, discount, isPublished, courseKeys } of bundles) {
    const id = seedId('bundle', key);
    rows.add('course_bundles', {
      id,
      name,
      description,
      price: rupees(price),
      discount_percentage: discount,
      is_published: isPublished,
      created_by: authorId,
    });
    for (const course_id of courseIds(courseKeys))
      rows.add('bundle_courses', { id: seedId('bundle course', id, course_id), bundle_id: id, course_id });
  }
}

function addTracks({ rows }: Plan): void {
  for (const [name, description, keys, needs_mentor] of tracks)
    rows.add('course_tracks', {
      id: seedId('track', name),
      name,
      description,
      criteria: { course_ids: courseIds(keys) },
      needs_mentor,
    });
}

/** A recording every third day and a live hour every week, from the batch's first day on. */
function addSchedule({ rows, time, catalogue, authorId }: Plan, batchId: string): void {
  const batch = rows.rowsOf('batches').find(({ id }) => id === batchId)!;
  const firstDay = `${String(batch['start_date'])}T00:00:00.000Z`;
  const course = catalogue.courses.find(({ id }) => id === batch['course_id'])!;
  const add = (title: string, days: number, more: NewRow) =>
    rows.add('batch_timeline_items', {
      id: seedId('timeline', batchId, title),
      batch_id: batchId,
      course_id: course.id,
      title,
      drip_offset_days: days,
      created_by: authorId,
      // Whoever is in the batch has heard of what is behind it.
      notification_sent_at: later(firstDay, { days }) < time.now.toISOString() ? later(firstDay, { days }) : null,
      ...more,
    });
  course.lessons.forEach((lesson, index) =>
    add(lesson.title, index * 3, {
      type: 'RECORDING',
      sequence_order: 1,
      lesson_id: lesson.id,
      assignment_id: lesson.assignmentId,
    }),
  );
  for (let week = 0; week < Math.ceil((course.lessons.length * 3) / 7); week++) {
    // Eight in the evening in Karachi.
    const start_datetime = later(firstDay, { days: week * 7 + 1, hours: 15 });
    const isOver = start_datetime < time.now.toISOString();
    add(`Live hour ${week + 1}`, week * 7 + 1, {
      type: 'LIVE_SESSION',
      sequence_order: 2,
      description: 'Questions of the week, and somebody’s shop on the screen.',
      start_datetime,
      end_datetime: later(start_datetime, { hours: 1 }),
      meeting_link: `https://meet.google.com/${seedId('live', batchId, String(week)).slice(0, 8)}`,
      session_status: isOver ? 'completed' : 'scheduled',
      recording_url: isOver ? `https://video.falcon.academy/live/${seedId('live', batchId, String(week))}` : null,
    });
  }
}

function addResources({ rows, authorId, catalogue }: Plan): void {
  sections.forEach(({ name, description, icon, resources }, at) => {
    const section_id = seedId('resource section', name);
    rows.add('resource_sections', {
      id: section_id,
      name,
      description,
      icon,
      display_order: at + 1,
      created_by: authorId,
    });
    resources.forEach((resource, place) => {
      const id = seedId('resource', resource.title);
      const { title, content_type, content, isActive = true } = resource;
      rows.add('resources', {
        id,
        section_id,
        title,
        description: resource.description,
        content_type,
        content,
        display_order: place + 1,
        is_active: isActive,
        created_by: authorId,
      });
      rows.add('resource_audiences', {
        id: seedId('audience', id),
        resource_id: id,
        ...audienceOf(resource, catalogue),
      });
    });
  });
}

function audienceOf({ audience: [audience_type, key = ''] }: DemoResource, { batches }: Catalogue): NewRow {
  if (audience_type === 'all') return { audience_type, target_id: null };
  const target_id = audience_type === 'batch' ? batches[key as keyof typeof batches] : seedId(audience_type, key);
  return { audience_type, target_id };
}

const asked: Question[] = questions.map((question, order) => ({
  id: question.id,
  text: question.text,
  order: order + 1,
  answerType: question.answerType,
  required: question.required,
  ...('options' in question
    ? {
        options: question.options.map((option) => ({
          label: option.label,
          ...('pathway' in option ? { pathway_ids: [seedId('pathway', option.pathway)] } : {}),
          ...('weekly_hours' in option ? { weekly_hours: option.weekly_hours } : {}),
        })),
      }
    : {}),
}));

/** Whoever has begun has answered; who is still to pay has not been asked. */
function addOnboarding({ rows, catalogue }: Plan, random: Random): void {
  const questionnaire_id = seedId('questionnaire', '1');
  rows.add('questionnaires', {
    id: questionnaire_id,
    title: 'Welcome to the academy',
    version: 1,
    is_active: true,
    questions: asked,
  });
  const statuses = new Map(rows.rowsOf('users').map((row) => [row['id'], row['lms_status']]));
  const students = rows.rowsOf('students') as Record<string, unknown>[];
  for (const student of students) {
    if (statuses.get(student['id'] as string) === 'inactive') continue;
    const id = student['id'] as string;
    const answers = answersOf(random, (student['goal_brief'] as string | null) ?? random.pick(goals));
    for (const { question_id, answer } of answers)
      rows.add('onboarding_responses', {
        id: naturalId('onboarding_responses', id, questionnaire_id, question_id),
        user_id: id,
        questionnaire_id,
        questionnaire_version: 1,
        question_id,
        answer,
        answer_type: asked.find((question) => question.id === question_id)!.answerType,
      });
    student['answers_json'] = composeAnswers(asked, answers);
    student['goal_brief'] ??= composeGoalBrief(asked, answers);
    student['onboarding_completed'] = true;
    student['onboarding_video_watched'] = true;
    student['onboarding_submitted_at'] = later(student['enrollment_date'] as string, { hours: 2 });
    addPlan(rows, catalogue, id, random);
  }
}

function answersOf(random: Random, goal: string): Answer[] {
  const pick = (id: string): string => random.pick(asked.find((question) => question.id === id)!.options!).label;
  const given: [string, string][] = [
    ['goal', goal],
    ['shop', pick('shop')],
    ['time', pick('time')],
  ];
  return given.map(([question_id, answer]) => ({ question_id, answer, file_id: null }));
}

function addPlan(rows: RowCollector, { courses }: Catalogue, student_id: string, random: Random): void {
  const steps = courses.slice(0, 2 + random.between(0, 1));
  rows.add('learning_paths', {
    id: seedId('learning path', student_id),
    student_id,
    version: 1,
    items: steps.map((course, at) => ({
      course_id: course.id,
      week: 1 + at * 6,
      reason: `Step ${at + 1} of your plan.`,
    })),
    created_by: 'system',
    status: random.pick(['proposed', 'accepted', 'accepted', 'change_requested']),
  });
}
