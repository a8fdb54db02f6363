import { approvals, fileAnswers, refusals, textAnswers } from './content/work.ts';
import { sha256, type DemoLesson } from './demo-catalogue.ts';
import type { Journey, Learner } from './demo-journey.ts';
import { earliest, later } from './demo-time.ts';
import { plainPdf } from './plain-pdf.ts';
import { seedId } from './seed-id.ts';

/** Work that was approved in the end, one in five only at the second attempt. */
export function addApprovedWork(
  journey: Journey,
  learner: Learner,
  lesson: DemoLesson,
  seenAt: string,
  pace: number,
): void {
  const first = later(seenAt, { hours: pace * 0.1 });
  const needsSecond = journey.random.chance(0.2);
  if (needsSecond)
    addWork(journey, learner, lesson, { version: 1, status: 'declined', sentAt: first, wait: pace * 0.1 });
  const sentAt = needsSecond ? later(first, { hours: pace * 0.2 }) : first;
  addWork(journey, learner, lesson, { version: needsSecond ? 2 : 1, status: 'approved', sentAt, wait: pace * 0.1 });
}

type Work = {
  version: number;
  status: 'pending' | 'approved' | 'declined' | 'withdrawn';
  sentAt: string;
  wait?: number;
};

/** One attempt with its files and, once decided, its review. `wait` = hours until the mentor answered. */
export function addWork(journey: Journey, learner: Learner, lesson: DemoLesson, work: Work): void {
  const { rows, random, time } = journey;
  const id = seedId('submission', learner.id, lesson.assignmentId!, String(work.version));
  const reviewedAt = earliest(later(work.sentAt, { hours: Math.min(work.wait ?? 20, 30) }), time.daysAgo(0.02));
  const isDecided = work.status === 'approved' || work.status === 'declined';
  const verdict = isDecided
    ? {
        notes: random.pick(work.status === 'approved' ? approvals : refusals),
        score: random.chance(0.4)
          ? work.status === 'approved'
            ? random.between(70, 98)
            : random.between(30, 55)
          : null,
      }
    : { notes: null, score: null };
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
  else if (work.status === 'pending')
    addNotice(journey, learner.mentor.id, work.sentAt, false, {
      template_key: 'assignment_submission',
      title: `${learner.full_name} handed in ${lesson.task!.name}`,
      body: 'It is waiting in your review queue.',
      link: `review/${id}`,
      dedupe: `submission_new:${id}`,
    });
}

type Decision = { id: string; work: Work; reviewedAt: string; verdict: { notes: string | null; score: number | null } };

function addReview(
  journey: Journey,
  learner: Learner,
  lesson: DemoLesson,
  { id, work, reviewedAt, verdict }: Decision,
): void {
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
    body: isApproved
      ? `${learner.mentor.full_name} approved your work. ${verdict.notes}`
      : `${learner.mentor.full_name} wrote: ${verdict.notes}`,
    link: `assignment/${lesson.assignmentId}`,
    dedupe: `review:${id}`,
  });
}

type Notice = { template_key: string; title: string; body: string; link: string; dedupe: string };

function addNotice(
  { rows }: Journey,
  userId: string,
  at: string,
  isRead: boolean,
  { link, dedupe, ...notice }: Notice,
): void {
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
    return {
      ...nothing,
      content:
        'Two people said in ten seconds what it is and what it costs. Nobody found the delivery time, so I moved it up.',
      links: [`https://${shop}.example.com/products/first`],
    };
  }
  return {
    ...nothing,
    content: 'Please look at the second half, I am not sure about it.',
    file_ids: [addFile(journey, learner, lesson, submissionId, work)],
  };
}

function addFile(
  { rows, files }: Journey,
  learner: Learner,
  lesson: DemoLesson,
  submissionId: string,
  work: Work,
): string {
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
