import { addDays, at } from '#contract/rules/dates.ts';
import { coveredSeconds, growRanges, isWatched, type Range } from '#contract/rules/watched.ts';
import { recordingViews } from '#contract/tables/learning.ts';
import type { Tx } from '../../db/sql.ts';
import { defineSync, type PushContext, type Row } from '../../sync/define-sync.ts';
import { logActivity } from '../people/index.ts';
import { awardReached } from '../rewards/index.ts';
import { markLessonWatched, storeView } from './derived.ts';
import { lockProgress, readWatchFacts, type WatchFacts } from './facts.ts';
import { recomputeUnlocks } from './unlocks.ts';

type View = Row & {
  user_id: string;
  lesson_id: string;
  watched: boolean;
  watched_ranges: Range[];
  duration_seconds: number | null;
  last_watched_at: string | null;
};

/** What was played of a lesson; the server decides how much of it to believe and when it counts as watched. */
export const recordingViewsSync = defineSync(recordingViews, {
  guard: async (context, { before, set }) => {
    const { tx, actor, deps } = context;
    const userId = (before?.['user_id'] ?? set['user_id']) as string;
    if (actor.role !== 'student' || userId !== actor.id) return 'not_allowed';
    const lessonId = (before?.['lesson_id'] ?? set['lesson_id']) as string;
    await lockProgress(tx, actor.id);
    const facts = await readWatchFacts(tx, deps.serverKey, actor.id, lessonId);
    if (!facts) return 'not_allowed';
    if (before) lastReporter.set(context, await readReporter(tx, deps.serverKey, before.id));
    // Once open or pre-authorised, what was seen counts, also if the lesson was locked again meanwhile.
    return facts.unlocked_at || facts.offline_openable ? 'allowed' : 'locked';
  },
  after: async (context, change) => {
    if (change.after) await judgeView(context, change.before as View | null, change.after as View);
  },
});

/** Which device reported last before this write; the row itself names the present one by then. */
const lastReporter = new WeakMap<PushContext, string | null>();

async function readReporter(tx: Tx, key: string, viewId: string): Promise<string | null> {
  const { rows } = await tx.query<{ device: string | null }>('select server_view_reporter($1, $2) as device', [
    key,
    viewId,
  ]);
  return rows[0]?.device ?? null;
}

async function judgeView(context: PushContext, before: View | null, after: View): Promise<void> {
  const { tx, actor, deps, now, deviceId } = context;
  const facts = (await readWatchFacts(tx, deps.serverKey, actor.id, after.lesson_id))!;
  const nowText = now.toISOString();
  const ownLast = (lastReporter.get(context) ?? null) === deviceId ? (before?.last_watched_at ?? null) : null;
  const elapsed = elapsedSeconds(ownLast, after, facts, nowText);
  const ranges = growRanges(before?.watched_ranges ?? [], after.watched_ranges, elapsed, {
    isFirst: ownLast === null,
    sinceOpenSeconds: (now.getTime() - at(playableSince(facts, nowText))) / 1000,
  });
  const duration = facts.duration_seconds ?? after.duration_seconds;
  const becameWatched = await storeView(tx, deps.serverKey, {
    userId: actor.id,
    lessonId: after.lesson_id,
    seconds: coveredSeconds(ranges, duration),
    // Where there is nothing to play, the student says so with a length of 0.
    watched: facts.has_media ? isWatched(ranges, duration, facts.watch_complete_percent) : after.duration_seconds === 0,
    seenAt: earlier(after.last_watched_at ?? nowText, nowText),
    ranges,
  });
  if (becameWatched) await followWatched({ tx, deps, now }, actor.id, after.lesson_id);
}

/** What the first watching of a lesson causes: activity, the next lesson, progress. */
async function followWatched(
  { tx, deps, now }: Pick<PushContext, 'tx' | 'deps' | 'now'>,
  userId: string,
  lessonId: string,
): Promise<void> {
  await logActivity(tx, deps, {
    person: userId,
    activity: 'video_watched',
    reference: lessonId,
    at: now.toISOString(),
  });
  await recomputeUnlocks(tx, deps, userId, { cause: 'completion' });
  await awardReached(tx, deps, userId, 'lesson_watched');
}

/** Counts the lesson of accepted work as watched; true when it was not before. */
export async function watchBySubmission(
  { tx, deps, now }: Pick<PushContext, 'tx' | 'deps' | 'now'>,
  userId: string,
  lessonId: string,
): Promise<void> {
  const became = await markLessonWatched(tx, deps.serverKey, userId, lessonId, now.toISOString());
  if (became) {
    await logActivity(tx, deps, {
      person: userId,
      activity: 'video_watched',
      reference: lessonId,
      at: now.toISOString(),
    });
    await awardReached(tx, deps, userId, 'lesson_watched');
  }
}

/**
 * Time between this report and this device's last one by the device's own dates, never beyond receipt; its first report
 * counts from the moment the lesson could be played, for two devices of one person may have played at the same time.
 */
function elapsedSeconds(ownLast: string | null, after: View, facts: WatchFacts, now: string): number {
  const start = playableSince(facts, now);
  const until = earlier(after.last_watched_at ?? now, now);
  const since = earlier(ownLast ?? start, now);
  return Math.max(0, (at(until) - Math.max(at(since), at(start))) / 1000);
}

/** Openings that a device may have been allowed to foresee: their sole missing condition was the student's own step, or a date. */
const foreseen: ReadonlySet<string> = new Set<WatchFacts['source']>(['completion', 'rating', 'drip']);
/** How long before its opening a lesson may have been played ahead. */
const aheadDays = 1;

/**
 * From when on the lesson could be played. Of three lessons seen in a row without a connection the second opens here in the
 * very push that reports the first: what it reports was played before that.
 */
function playableSince({ unlocked_at, available_at, source }: WatchFacts, now: string): string {
  if (unlocked_at === null) return available_at ?? addDays(now, -aheadDays);
  return foreseen.has(source) ? addDays(unlocked_at, -aheadDays) : unlocked_at;
}

const earlier = (a: string, b: string): string => (at(a) <= at(b) ? a : b);
