import type { MilestoneTrigger } from '#contract/tables/rewards.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { notify } from '../notifications/index.ts';
import { isReached, type MilestoneFacts } from './milestone-rule.ts';

type Definition = {
  id: string;
  name: string;
  icon: string;
  points: number;
  trigger_type: MilestoneTrigger;
  trigger_config: unknown;
  show_celebration: boolean;
  celebration_message: string | null;
};

/** What happened, and the kinds of milestones it may complete (workflows 3.30). */
const triggersOf = {
  lesson_watched: ['recording_watched', 'sequence_based', 'time_based'],
  work_submitted: ['assignment_submitted', 'time_based', 'performance_based'],
  work_approved: ['assignment_approved', 'sequence_based', 'performance_based'],
  course_completed: ['course_completed'],
  onboarding_completed: ['onboarding_completed'],
  integration_connected: ['integration_connected', 'time_based'],
  /** The nightly look at what time alone may complete; and whatever an event of before these rules has missed. */
  sweep: [
    'recording_watched',
    'assignment_submitted',
    'assignment_approved',
    'integration_connected',
    'course_completed',
    'onboarding_completed',
    'time_based',
    'performance_based',
    'sequence_based',
  ],
} as const satisfies Record<string, readonly MilestoneTrigger[]>;
export type MilestoneEvent = keyof typeof triggersOf;

type Moment = Pick<Deps, 'serverKey' | 'clock'>;

/**
 * Awards what a student has reached by an event, in the transaction of that event: once, with its badge, and with a notice where
 * it is to be celebrated. `announce`: false where it is no news, such as a seed. Answers the milestones that are new.
 */
export async function awardReached(
  tx: Tx,
  deps: Moment,
  studentId: string,
  event: MilestoneEvent,
  { announce = true }: { announce?: boolean } = {},
): Promise<string[]> {
  const open = await findOpen(tx, deps, studentId, triggersOf[event]);
  if (open.length === 0) return [];
  const facts = await readFacts(tx, deps, studentId);
  if (!facts) return [];
  const awarded: string[] = [];
  for (const milestone of open) {
    if (!isReached(milestone.trigger_type, milestone.trigger_config, facts)) continue;
    const isNew = await award(tx, deps, { userId: studentId, milestoneId: milestone.id });
    if (!isNew) continue;
    awarded.push(milestone.id);
    if (announce) await celebrate(tx, deps, studentId, milestone);
  }
  return awarded;
}

/** Active milestones of these kinds that the student lacks; one that was taken back counts as had. */
async function findOpen(
  tx: Tx,
  { serverKey }: Moment,
  studentId: string,
  triggers: readonly MilestoneTrigger[],
): Promise<Definition[]> {
  const { rows } = await tx.query<{ open: Definition[] }>('select server_open_milestones($1, $2, $3::text[]) as open', [
    serverKey,
    studentId,
    triggers,
  ]);
  return rows[0]!.open;
}

async function readFacts(tx: Tx, { serverKey, clock }: Moment, studentId: string): Promise<MilestoneFacts | null> {
  const now = clock.now().toISOString();
  const { rows } = await tx.query<{ facts: Omit<MilestoneFacts, 'now'> | null }>(
    'select server_milestone_facts($1, $2) as facts',
    [serverKey, studentId],
  );
  const facts = rows[0]?.facts;
  return facts ? { ...facts, now } : null;
}

/** One award; `by` and `note` where a person gives it. True where the student did not have it. */
export async function award(
  tx: Tx,
  { serverKey, clock }: Moment,
  {
    userId,
    milestoneId,
    by = null,
    note = null,
  }: { userId: string; milestoneId: string; by?: string | null; note?: string | null },
): Promise<boolean> {
  const { rows } = await tx.query<{ is_new: boolean }>(
    'select server_award_milestone($1, $2, $3, $4, $5, $6) as is_new',
    [serverKey, userId, milestoneId, by, note, clock.now()],
  );
  return rows[0]!.is_new;
}

/** Tells the student of a milestone that is to be celebrated; also where it came by the student's own act. */
export async function celebrate(
  tx: Tx,
  deps: Moment,
  studentId: string,
  milestone: Pick<Definition, 'id' | 'name' | 'icon' | 'points' | 'show_celebration' | 'celebration_message'>,
): Promise<void> {
  if (!milestone.show_celebration) return;
  await notify(tx, deps, {
    template: 'milestone_celebration',
    to: studentId,
    ofOwnAct: true,
    fields: {
      name: milestone.name,
      points: milestone.points,
      icon: milestone.icon,
      celebration_message: milestone.celebration_message ?? '',
    },
    link: 'home',
    dedupe: `milestone:${studentId}:${milestone.id}`,
  });
}
