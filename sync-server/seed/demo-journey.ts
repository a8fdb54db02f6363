import { naturalId } from '#contract/natural-id.ts';
import { approvals, fileAnswers, refusals, textAnswers } from './content/work.ts';
import { sha256, type DemoCourse, type DemoFile, type DemoLesson } from './demo-catalogue.ts';
import type { DemoState } from './demo-states.ts';
import { earliest, later, type DemoTime } from './demo-time.ts';
import { plainPdf } from './plain-pdf.ts';
import { clips } from './clips/clips.ts';
import type { Random } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

export type Learner = { id: string; full_name: string; mentor: { id: string; full_name: string } };
export type Journey = {
  rows: RowCollector;
  files: DemoFile[];
  random: Random;
  time: DemoTime;
  /** What a student wants to reach, asked at onboarding. */
  goals: Map<string, string | null>;
  feesCleared: Map<string, boolean>;
};

/** How far a learner has come in one course. */
export type Progress = { startedAt: string; lessonsDone: number; ends: DemoState['ends'] };

/** Writes down what a learner has seen, rated and handed in, lesson after lesson, up to today. */
export function walkCourse(journey: Journey, learner: Learner, course: DemoCourse, progress: Progress): void {
  const { random, time } = journey;
  const done = placeOfEnd(course, progress);
  const whole = (time.now.getTime() - Date.parse(progress.startedAt)) / 3_600_000;
  const pace = whole / (done + 1.5);
  let opened = later(progress.startedAt, { hours: 1 });
  for (const [index, lesson] of course.lessons.slice(0, done).entries()) {
    const seenAt = later(opened, { hours: pace * (0.2 + 0.2 * random.next()) });
    addUnlock(journey, learner, lesson, opened, index === 0);
    addView(journey, learner, lesson, seenAt);
    addRating(journey, learner, lesson, seenAt);
    if (lesson.task && lesson.assignmentId && (lesson.task.isRequired ?? true)) addApprovedWork(journey, learner, lesson, seenAt, pace);
    opened = later(opened, { hours: pace });
  }
  const next = course.lessons[done];
  if (!next) return;
  const since = earliest(opened, time.daysAgo(0.2));
  addUnlock(journey, learner, next, since, done === 0);
  addDesk(journey, learner, next, progress.ends, since);
}

/** An end that needs a task stops at the nearest lesson that has one. */
function placeOfEnd(course: DemoCourse, { lessonsDone, ends }: Progress): number {
  if (ends === 'complete') return course.lessons.length;
  if (ends === 'nothing' || ends === 'partly watched') return Math.min(lessonsDone, course.lessons.length - 1);
  const withTask = (lesson: DemoLesson): boolean => lesson.task !== undefined && (lesson.task.isRequired ?? true);
  const ahead = course.lessons.findIndex((lesson, index) => index >= lessonsDone && withTask(lesson));
  return ahead >= 0 ? ahead : course.lessons.findLastIndex(withTask);
}

function addDesk(journey: Journey, learner: Learner, lesson: DemoLesson, ends: DemoState['ends'], opened: string): void {
  const { time, random } = journey;
  if (ends === 'nothing' || ends === 'complete') return;
  const seenAt = earliest(later(opened, { hours: 3 }), time.daysAgo(0.1));
  if (ends === 'partly watched') {
    addView(journey, learner, lesson, seenAt, 0.3 + 0.4 * random.next());
    return;
  }
  addView(journey, learner, lesson, seenAt);
  addRating(journey, learner, lesson, seenAt);
  const sentAt = earliest(later(seenAt, { hours: 2 + 20 * random.next() }), time.daysAgo(0.05 + random.next()));
  if (ends === 'pending') addWork(journey, learner, lesson, { version: 1, status: 'pending', sentAt });
  if (ends === 'withdrawn') addWork(journey, learner, lesson, { version: 1, status: 'withdrawn', sentAt });
  if (ends === 'declined') addWork(journey, learner, lesson, { version: 1, status: 'declined', sentAt });
  if (ends === 'resubmitted') {
    addWork(journey, learner, lesson, { version: 1, status: 'declined', sentAt: later(sentAt, { days: -3 }) });
    addWork(journey, learner, lesson, { version: 2, status: 'pending', sentAt });
  }
}

function addUnlock({ rows }: Journey, learner: Learner, lesson: DemoLesson, at: string, isFirst: boolean): void {
  rows.add('user_unlocks', {
    user_id: learner.id,
    lesson_id: lesson.id,
    is_unlocked: true,
    unlocked_at: at,
    source: isFirst ? 'first_lesson' : 'completion',
    reason: 'requirements_met',
    created_at: at,
  });
}

function addView({ rows, random }: Journey, learner: Learner, lesson: DemoLesson, at: string, share = 1): void {
  const length = clips.find((clip) => clip.name === lesson.clip)?.seconds ?? null;
  const seconds = length === null ? 0 : Math.floor(length * share);
  const isWatched = share >= 0.9;
  rows.add('recording_views', {
    user_id: learner.id,
    lesson_id: lesson.id,
    watched: isWatched,
    watched_at: isWatched ? at : null,
    position_seconds: seconds,
    watched_ranges: seconds > 0 ? [[0, seconds]] : [],
    watched_seconds: seconds,
    // Where there is nothing to play, the length a student reports is 0.
    duration_seconds: length ?? (isWatched ? 0 : null),
    last_watched_at: at,
    created_at: at,
  });
  if (isWatched)
    rows.add('user_activity_logs', {
      id: seedId('activity', learner.id, lesson.id),
      user_id: learner.id,
      activity_type: 'video_watched',
      reference_id: lesson.id,
      occurred_at: later(at, { hours: random.next() / 60 }),
    });
}

const praise = ['Clear and short.', 'The example from Karachi helped.', 'I watched it twice, good pace.', 'More of this please.', null, null, null];

function addRating({ rows, random }: Journey, learner: Learner, lesson: DemoLesson, at: string): void {
  const rating = random.pick([3, 4, 4, 4, 5, 5, 5, 5, 2]);
  const feedback = rating === 2 ? 'Too fast for me, and the text on the sheet was hard to read.' : random.pick(praise);
  rows.add('recording_ratings', { user_id: learner.id, lesson_id: lesson.id, rating, feedback, created_at: later(at, { hours: 0.1 }) });
}

function addApprovedWork(journey: Journey, learner: Learner, lesson: DemoLesson, seenAt: string, pace: number): void {
  const first = later(seenAt, { hours: pace * 0.1 });
  const needsSecond = journey.random.chance(0.2);
  if (needsSecond) addWork(journey, learner, lesson, { version: 1, status: 'declined', sentAt: first, wait: pace * 0.1 });
  const sentAt = needsSecond ? later(first, { hours: pace * 0.2 }) : first;
  addWork(journey, learner, lesson, { version: needsSecond ? 2 : 1, status: 'approved', sentAt, wait: pace * 0.1 });
}

type Work = { version: number; status: 'pending' | 'approved' | 'declined' | 'withdrawn'; sentAt: string; wait?: number };

/** One attempt with its files and, once decided, its review. `wait` = hours until the mentor answered. */
function addWork(journey: Journey, learner: Learner, lesson: DemoLesson, work: Work): void {
  const { rows, random, time } = journey;
  const id = seedId('submission', learner.id, lesson.assignmentId!, String(work.version));
  const reviewedAt = earliest(later(work.sentAt, { hours: Math.min(work.wait ?? 20, 30) }), time.daysAgo(0.02));
  const isDecided = work.status === 'approved' || work.status === 'declined';
  const verdict = isDecided ? { notes: random.pick(work.status === 'approved' ? approvals : refusals), score: random.chance(0.4) ? (work.status === 'approved' ? random.between(70, 98) : random.between(30, 55)) : null } : { notes: null, score: null };
  rows.add('submissions', {
    id,
    assignment_id: lesson.assignmentId,
    student_id: learner.id,
    version: work.version,
    status: work.status,
    ...answer(journey, learner, lesson, id, work),
    client_submitted_at: work.sentAt,
    submitted_at: later(work.sentAt, { hours: random.chance(0.2) ? 5 : 0.01 }),
    based_on: work.version === 1 ? null : { version: work.version - 1, status: 'declined' },
    withdraw_requested_at: work.status === 'withdrawn' ? later(work.sentAt, { hours: 1 }) : null,
    is_late: random.chance(0.1),
    reviewed_by: isDecided ? learner.mentor.id : null,
    reviewed_at: isDecided ? reviewedAt : null,
    ...verdict,
    created_at: work.sentAt,
  });
  if (isDecided) addReview(journey, learner, lesson, { id, work, reviewedAt, verdict });
  else if (work.status === 'pending') addNotice(journey, learner.mentor.id, work.sentAt, false, {
      template_key: 'assignment_submission',
      title: `${learner.full_name} handed in ${lesson.task!.name}`,
      body: 'It is waiting in your review queue.',
      link: `review/${id}`,
      dedupe: `submission_new:${id}`,
    });
}

type Decision = { id: string; work: Work; reviewedAt: string; verdict: { notes: string | null; score: number | null } };

function addReview(journey: Journey, learner: Learner, lesson: DemoLesson, { id, work, reviewedAt, verdict }: Decision): void {
  const { rows, time } = journey;
  rows.add('submission_reviews', {
    id: seedId('review', id),
    submission_id: id,
    submission_version: work.version,
    reviewer_id: learner.mentor.id,
    reviewer_name: learner.mentor.full_name,
    decision: work.status,
    ...verdict,
    reviewed_at_client: reviewedAt,
    outcome: 'applied',
    created_at: reviewedAt,
  });
  rows.add('admin_logs', {
    id: seedId('audit', id),
    entity_type: 'submission',
    entity_id: id,
    action: `assignment_${work.status}`,
    target_user_id: learner.id,
    performed_by: learner.mentor.id,
    description: `${lesson.task!.name}, attempt ${work.version}`,
    data: { before: { status: 'pending' }, after: { status: work.status } },
    created_at: reviewedAt,
  });
  const isApproved = work.status === 'approved';
  addNotice(journey, learner.id, reviewedAt, reviewedAt < time.daysAgo(2), {
    template_key: 'assignment_reviewed',
    title: isApproved ? `${lesson.task!.name} is approved` : `${lesson.task!.name} needs changes`,
    body: isApproved ? `${learner.mentor.full_name} approved your work. ${verdict.notes}` : `${learner.mentor.full_name} wrote: ${verdict.notes}`,
    link: `assignment/${lesson.assignmentId}`,
    dedupe: `review:${id}`,
  });
}

type Notice = { template_key: string; title: string; body: string; link: string; dedupe: string };

function addNotice({ rows }: Journey, userId: string, at: string, isRead: boolean, { link, dedupe, ...notice }: Notice): void {
  rows.add('notifications', {
    id: seedId('notice', dedupe, userId),
    user_id: userId,
    type: notice.template_key,
    ...notice,
    payload: { link },
    dedupe_key: dedupe,
    sent_at: at,
    read_at: isRead ? later(at, { hours: 6 }) : null,
    created_at: at,
  });
}

/** The work itself, of the kind the task asks for. */
function answer(journey: Journey, learner: Learner, lesson: DemoLesson, submissionId: string, work: Work) {
  const task = lesson.task!;
  const nothing = { content: null as string | null, links: [] as string[], file_ids: [] as string[] };
  if (task.type === 'text') return { ...nothing, content: journey.random.pick(textAnswers[task.name]!) };
  if (task.type === 'link') {
    const shop = learner.full_name.toLowerCase().replaceAll(' ', '-');
    return { ...nothing, content: 'Two people said in ten seconds what it is and what it costs. Nobody found the delivery time, so I moved it up.', links: [`https://${shop}.example.com/products/first`] };
  }
  return { ...nothing, content: 'Please look at the second half, I am not sure about it.', file_ids: [addFile(journey, learner, lesson, submissionId, work)] };
}

function addFile({ rows, files }: Journey, learner: Learner, lesson: DemoLesson, submissionId: string, work: Work): string {
  const { file, lines } = fileAnswers[lesson.task!.name]!;
  const id = seedId('work file', submissionId);
  const bytes = plainPdf(lesson.task!.name, [`${learner.full_name}, attempt ${work.version}`, '', ...lines]);
  rows.add('files', {
    id,
    bucket: 'assignment-submissions',
    owner_id: learner.id,
    path: `${learner.id}/${lesson.assignmentId}/${work.version}/${id}.pdf`,
    original_name: file,
    mime: 'application/pdf',
    bytes: bytes.length,
    sha256: sha256(bytes),
    status: 'ready',
    linked_table: 'submissions',
    linked_id: submissionId,
    created_at: work.sentAt,
  });
  files.push({ bucket: 'assignment-submissions', id, bytes });
  return id;
}

/** Private notes of a learner about a lesson. */
export function addNote({ rows }: Journey, learner: Learner, lesson: DemoLesson, atSeconds: number | null, body: string, at: string): void {
  rows.add('lesson_notes', {
    id: naturalId('seed', 'note', learner.id, lesson.id, body),
    user_id: learner.id,
    lesson_id: lesson.id,
    at_seconds: atSeconds,
    body,
    client_at: at,
    created_at: at,
  });
}
