import type { MilestoneTrigger } from '#contract/tables/rewards.ts';
import { at } from '#contract/rules/dates.ts';
import { milestoneConfigs, type PerformanceBased, type TimeBased } from './milestone-config.ts';

/** What a student has done, as `server_milestone_facts` tells it; instants are ISO 8601. */
export type MilestoneFacts = {
  now: string;
  /** When the student came. */
  enrolled_at: string;
  onboarding_submitted_at: string | null;
  onboarding_completed: boolean;
  /** First watching of each lesson. */
  watched_at: string[];
  /** Distinct assignments. */
  submitted: number;
  approved: number;
  /** First attempts handed in, and those of them in time. */
  handed_in: number;
  on_time: number;
  /** Verdicts that stand. */
  decided: number;
  decided_approved: number;
  scores: number[];
  completed_courses: number;
  connected: { source: string; at: string }[];
  /** Longest run of days with learning, in the company's calendar. */
  longest_streak: number;
  /** Lessons opened to the student, and when each was watched. */
  openings: { opened_at: string; watched_at: string | null }[];
  /** Place in the ranking of all time. */
  rank: number | null;
  ranked: number;
  /** Per course, its lessons in order. */
  courses: { watched: boolean; approved: boolean }[][];
};

const hour = 3_600_000;
const day = 24 * hour;
/** A lesson is missed when it was not watched within so many days of its opening. */
const lessonDays = 7;
const excellent = 90;

type Rule = (config: unknown, facts: MilestoneFacts) => boolean;

const rule =
  <T extends MilestoneTrigger>(
    trigger: T,
    isReached: (config: ReturnType<(typeof milestoneConfigs)[T]['parse']>, facts: MilestoneFacts) => boolean,
  ): Rule =>
  (config, facts) => {
    const parsed = milestoneConfigs[trigger].safeParse(config);
    // A definition that says nothing clear awards nothing.
    return parsed.success && isReached(parsed.data as never, facts);
  };

const rules: Record<MilestoneTrigger, Rule> = {
  recording_watched: rule('recording_watched', ({ count }, facts) => facts.watched_at.length >= count),
  assignment_submitted: rule('assignment_submitted', ({ count }, facts) => facts.submitted >= count),
  assignment_approved: rule('assignment_approved', ({ count }, facts) => facts.approved >= count),
  course_completed: rule('course_completed', ({ count }, facts) => facts.completed_courses >= count),
  integration_connected: rule('integration_connected', (config, { connected }) =>
    'platform' in config
      ? connected.some(({ source }) => source === config.platform)
      : new Set(connected.map(({ source }) => source)).size >= 2,
  ),
  onboarding_completed: rule('onboarding_completed', ({ time_window: hours }, facts) => {
    if (!facts.onboarding_completed || facts.onboarding_submitted_at === null) return false;
    return hours === undefined || at(facts.onboarding_submitted_at) - at(facts.enrolled_at) <= hours * hour;
  }),
  time_based: rule('time_based', timeBased),
  performance_based: rule('performance_based', performanceBased),
  sequence_based: rule('sequence_based', (config, { courses }) =>
    courses.some((lessons) =>
      config.recording_sequence.every((position) => {
        const lesson = lessons[position - 1];
        return lesson?.watched === true && (!config.require_assignment || lesson.approved);
      }),
    ),
  ),
  manual: () => false,
};

/** Whether a student has reached a milestone; never true of those given by hand. */
export const isReached = (trigger: MilestoneTrigger, config: unknown, facts: MilestoneFacts): boolean =>
  rules[trigger](config, facts);

function timeBased(config: TimeBased, facts: MilestoneFacts): boolean {
  if ('lessons_count' in config) return hasBurst(facts.watched_at, config.lessons_count, config.time_window * hour);
  if ('consecutive_days' in config) return facts.longest_streak >= config.consecutive_days;
  if ('no_missed_lessons' in config) return hasMissedNothing(facts, config.no_missed_lessons);
  const inTime = facts.connected.filter((one) => at(one.at) - at(facts.enrolled_at) <= config.time_window * hour);
  return inTime.length >= config.integrations_completed;
}

/** So many events within a span of time, wherever it lies. */
function hasBurst(instants: readonly string[], count: number, span: number): boolean {
  const times = instants.map(at).toSorted((a, b) => a - b);
  return times.some((time, index) => {
    const last = times[index + count - 1];
    return last !== undefined && last - time <= span;
  });
}

/** For so many days every lesson was watched within a week of its opening, and there was something to watch. */
function hasMissedNothing({ openings, now }: MilestoneFacts, days: number): boolean {
  const since = at(now) - days * day;
  const first = Math.min(...openings.map(({ opened_at }) => at(opened_at)));
  if (!(first <= since)) return false;
  const isMissed = ({ opened_at, watched_at }: MilestoneFacts['openings'][number]): boolean => {
    const until = at(opened_at) + lessonDays * day;
    return until > since && until <= at(now) && (watched_at === null || at(watched_at) > until);
  };
  return !openings.some(isMissed) && openings.some(({ watched_at }) => watched_at !== null && at(watched_at) >= since);
}

function performanceBased(config: PerformanceBased, facts: MilestoneFacts): boolean {
  if ('approval_rate' in config)
    return isShare(facts.decided_approved, facts.decided, config.min_submissions, config.approval_rate);
  if ('on_time_rate' in config)
    return isShare(facts.on_time, facts.handed_in, config.min_submissions, config.on_time_rate);
  if ('excellent_feedback' in config)
    return facts.scores.filter((score) => score >= excellent).length >= config.excellent_feedback;
  if ('quality_score' in config) {
    const mean = facts.scores.reduce((sum, score) => sum + score, 0) / facts.scores.length;
    return facts.scores.length >= config.min_submissions && mean >= config.quality_score;
  }
  // At least one place counts as the top, however small the academy.
  const places = Math.max(1, Math.floor((facts.ranked * config.top_percentile) / 100));
  return facts.rank !== null && facts.rank <= places;
}

const isShare = (part: number, whole: number, least: number, percent: number): boolean =>
  whole >= least && part * 100 >= whole * percent;
