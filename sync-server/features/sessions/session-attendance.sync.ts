import { isStaff } from '#contract/roles.ts';
import { at } from '#contract/rules/dates.ts';
import { attend, type SessionTimes } from '#contract/rules/sessions.ts';
import { sessionAttendance, type SessionAttendance, type SuccessSession } from '#contract/tables/sessions.ts';
import { judgeTime, readDeviceFacts } from '../../sync/believed-time.ts';
import { defineSync, type GuardAnswer, type PushContext } from '../../sync/define-sync.ts';
import { logActivity } from '../people/index.ts';

type Proposed = Pick<SessionAttendance, 'student_id' | 'session_id' | 'method'> &
  Partial<Pick<SessionAttendance, 'client_attended_at'>>;

/** What an attendance is judged by. */
type Facts = SessionTimes &
  Pick<SuccessSession, 'status' | 'mentor_id'> & {
    /** The student is of its audience. */
    is_meant: boolean;
    /** Learning is open to the student. */
    is_open: boolean;
    restricted_since: string | null;
  };

/** A student was there: told by the own device, or marked by the host (workflows 3.27). */
export const sessionAttendanceSync = defineSync(sessionAttendance, {
  guard: async (context, { set, deleted }) => {
    if (deleted) return 'not_allowed';
    const given = set as Proposed;
    const facts = await readFacts(context, given);
    if (!facts?.is_meant) return 'not_allowed';
    return context.actor.role === 'student' ? guardJoin(context, given, facts) : guardMark(context, given, facts);
  },
  after: async (context, { before, after }) => {
    if (after && !before) await accept(context, after as unknown as SessionAttendance);
  },
});

async function guardJoin(context: PushContext, given: Proposed, facts: Facts): Promise<GuardAnswer> {
  if (given.student_id !== context.actor.id || given.method !== 'join' || facts.status === 'draft')
    return 'not_allowed';
  const counted = attend(await timesOf(context, given, facts));
  if (typeof counted === 'string') return counted;
  // What was before a restriction counts, whenever it is told.
  const wasOpen = facts.is_open || (facts.restricted_since !== null && at(counted.at) < at(facts.restricted_since));
  return wasOpen ? 'allowed' : 'locked';
}

function guardMark({ actor, now }: PushContext, given: Proposed, facts: Facts): GuardAnswer {
  const isHost = actor.role === 'mentor' && facts.mentor_id === actor.id;
  if (given.method !== 'manual' || !(isHost || isStaff(actor.role))) return 'not_allowed';
  if (facts.status === 'draft' || facts.status === 'cancelled') return 'closed';
  return at(now.toISOString()) < at(facts.start_time) ? 'locked' : 'allowed';
}

async function accept(context: PushContext, attendance: SessionAttendance): Promise<void> {
  const { tx, deps, now } = context;
  const facts = (await readFacts(context, attendance))!;
  const joined = attendance.method === 'join' ? attend(await timesOf(context, attendance, facts)) : null;
  const counted = joined && typeof joined !== 'string' ? joined : { at: now.toISOString(), isFlagged: false };
  await tx.query('select server_accept_attendance($1, $2, $3, $4)', [
    deps.serverKey,
    attendance.id,
    counted.at,
    counted.isFlagged,
  ]);
  await logActivity(tx, deps, {
    person: attendance.student_id,
    activity: 'session_attended',
    reference: attendance.session_id,
    details: { method: attendance.method },
    at: counted.at,
  });
}

async function timesOf(context: PushContext, given: Proposed, session: Facts) {
  const receivedAt = context.now.toISOString();
  const claimed = given.client_attended_at ?? receivedAt;
  const { counts: believedAt } = await judgeTime(context, claimed, await readDeviceFacts(context));
  return { session, receivedAt, believedAt };
}

async function readFacts({ tx, deps, now }: PushContext, given: Proposed): Promise<Facts | null> {
  const { rows } = await tx.query<{ facts: Facts | null }>('select server_attendance_facts($1, $2, $3, $4) as facts', [
    deps.serverKey,
    given.session_id,
    given.student_id,
    now,
  ]);
  return rows[0]?.facts ?? null;
}
