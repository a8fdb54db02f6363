import { sessionTopics } from './content/desk.ts';
import type { Catalogue } from './demo-catalogue.ts';
import type { DemoMentor } from './demo-people.ts';
import { mentors } from './demo-people.ts';
import { later, type DemoTime } from './demo-time.ts';
import type { Random } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

type Session = {
  id: string;
  startsAt: string;
  audience: 'all' | 'course' | 'batches' | 'unbatched';
  target: string | null;
};
type Plan = { rows: RowCollector; random: Random; time: DemoTime; catalogue: Catalogue; authorId: string };

/** Weekly sessions of the last weeks and the next ones, of every kind and in every state; most students came to most of theirs. */
export function addSessions(plan: Plan): void {
  const held = [];
  for (let week = -6; week <= 2; week++)
    for (const [index, host] of mentors.entries()) held.push(addSession(plan, week, index, host));
  addUnusual(plan);
  for (const session of held) if (session.startsAt < plan.time.now.toISOString()) addAttendance(plan, session);
}

function addSession({ rows, time, catalogue, authorId }: Plan, week: number, index: number, host: DemoMentor): Session {
  const topic = sessionTopics[(week + 6 + index) % sessionTopics.length]!;
  const startsAt = later(time.daysAgo(-week * 7), { hours: index * 24 + 3 });
  const isOver = startsAt < time.now.toISOString();
  const target = targetOf(catalogue, index, host);
  const id = seedId('session', String(week), host.id);
  rows.add('success_sessions', {
    id,
    title: topic.title,
    description: topic.description,
    start_time: startsAt,
    end_time: later(startsAt, { hours: 1 }),
    timezone: 'Asia/Karachi',
    status: isOver ? 'completed' : 'upcoming',
    link: `https://zoom.us/j/${id.replaceAll('-', '').slice(0, 10)}`,
    recording_url: isOver && week < 0 ? `https://video.falcon.academy/sessions/${id}` : null,
    zoom_meeting_id: id.replaceAll('-', '').slice(0, 10),
    zoom_passcode: id.slice(0, 6),
    mentor_id: host.id,
    mentor_name: host.full_name,
    created_by: authorId,
    ...target,
    created_at: later(startsAt, { days: -10 }),
  });
  return { id, startsAt, audience: target.audience, target: target.batch_ids[0] ?? target.course_id };
}

/** The first mentor's are for a batch, the second's for those without one, the others' for their course or for all. */
function targetOf(catalogue: Catalogue, index: number, host: DemoMentor) {
  const course_id = seedId('course', host.courseKeys[0]!);
  if (index === 0) return { audience: 'batches', batch_ids: [catalogue.batches.running], course_id: null } as const;
  if (index === 1) return { audience: 'unbatched', batch_ids: [] as string[], course_id } as const;
  if (index === 2) return { audience: 'course', batch_ids: [] as string[], course_id } as const;
  return { audience: 'all', batch_ids: [] as string[], course_id: null } as const;
}

/** A draft that only the team sees, one that was called off, and one that begins soon. */
function addUnusual({ rows, time, authorId, catalogue }: Plan): void {
  const [host] = mentors;
  const base = {
    mentor_id: host!.id,
    mentor_name: host!.full_name,
    created_by: authorId,
    timezone: 'Asia/Karachi',
    audience: 'batches',
    batch_ids: [catalogue.batches.recent],
  };
  const start = (days: number) => time.daysAgo(-days);
  rows.add('success_sessions', {
    id: seedId('session', 'draft'),
    title: 'Photographs with a phone',
    start_time: start(9),
    status: 'draft',
    ...base,
  });
  rows.add('success_sessions', {
    id: seedId('session', 'cancelled'),
    title: 'Guest: a buyer tells',
    start_time: start(1),
    status: 'cancelled',
    link: 'https://zoom.us/j/8800112233',
    cancel_reason: 'Our guest is ill; we find another day.',
    ...base,
  });
  rows.add('success_sessions', {
    id: seedId('session', 'soon'),
    title: 'Weekend questions',
    description: 'Whatever came up this week.',
    start_time: start(0.06),
    end_time: start(0.11),
    status: 'upcoming',
    link: 'https://zoom.us/j/8800112244',
    ...base,
  });
}

function addAttendance({ rows, random }: Plan, session: Session): void {
  for (const enrolment of rows.rowsOf('course_enrollments')) {
    if (!isFor(session, enrolment) || !random.chance(0.6)) continue;
    const attended_at = later(session.startsAt, { hours: random.between(-4, 20) / 60 });
    rows.add('session_attendance', {
      student_id: enrolment['student_id'],
      session_id: session.id,
      attended_at,
      client_attended_at: attended_at,
      method: random.chance(0.1) ? 'manual' : 'join',
      created_at: attended_at,
    });
  }
}

/** Direct enrolments are enough here: nobody of the demo came twice. */
function isFor({ audience, target, startsAt }: Session, enrolment: Readonly<Record<string, unknown>>): boolean {
  if (enrolment['status'] === 'cancelled' || String(enrolment['enrolled_at']) > startsAt) return false;
  if (audience === 'batches') return enrolment['batch_id'] === target;
  // A second enrolment of the same student would count the same evening twice.
  return (
    audience !== 'all' && enrolment['course_id'] === target && (audience === 'course' || enrolment['batch_id'] === null)
  );
}
