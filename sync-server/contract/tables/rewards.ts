import { z } from 'zod';
import { count, day, id, instant, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** What makes a milestone, as `milestones.trigger_type` names it (data model R20). */
export const milestoneTriggers = [
  'recording_watched',
  'assignment_submitted',
  'assignment_approved',
  'integration_connected',
  'course_completed',
  'onboarding_completed',
  'time_based',
  'performance_based',
  'sequence_based',
  'manual',
] as const;
export type MilestoneTrigger = (typeof milestoneTriggers)[number];
export const integrationSources = ['shopify', 'meta_ads'] as const;

const settings = z.record(z.string(), z.unknown());

/** The catalogue of badges. */
export const badges = defineTable({
  name: 'badges',
  family: 'rewards',
  row: z.object({ ...standard, name: text, description: maybeText, image_file_id: maybeId }),
  device: {},
});
export type Badge = Doc<typeof badges>;

/** A badge somebody has. */
export const userBadges = defineTable({
  name: 'user_badges',
  family: 'rewards',
  naturalKey: ['user_id', 'badge_id'],
  row: z.object({
    ...standard,
    user_id: id,
    badge_id: id,
    /** The milestone it came with. */
    milestone_id: maybeId,
    earned_at: instant,
    /** Null: by the rule. */
    awarded_by: maybeId,
    notes: maybeText,
  }),
  device: {},
});
export type UserBadge = Doc<typeof userBadges>;

export const milestoneCategories = defineTable({
  name: 'milestone_categories',
  family: 'rewards',
  row: z.object({
    ...standard,
    name: text,
    description: maybeText,
    icon: maybeText,
    color: text,
    display_order: z.int(),
  }),
  device: {},
});
export type MilestoneCategory = Doc<typeof milestoneCategories>;

/** One achievement and the rule that awards it. */
export const milestones = defineTable({
  name: 'milestones',
  family: 'rewards',
  row: z.object({
    ...standard,
    category_id: maybeId,
    badge_id: maybeId,
    name: text,
    description: text,
    icon: text,
    badge_url: maybeText,
    points: count,
    display_order: z.int(),
    is_active: z.boolean(),
    trigger_type: z.enum(milestoneTriggers),
    /** Depends on the trigger: `contract/rules/milestones.ts` reads it. */
    trigger_config: settings,
    show_celebration: z.boolean(),
    celebration_message: maybeText,
    celebration_config: settings,
  }),
  device: {},
});
export type Milestone = Doc<typeof milestones>;

/** A milestone somebody has reached. */
export const userMilestones = defineTable({
  name: 'user_milestones',
  family: 'rewards',
  naturalKey: ['user_id', 'milestone_id'],
  row: z.object({
    ...standard,
    user_id: id,
    milestone_id: id,
    completed_at: instant,
    /** Null: by the rule. */
    awarded_by: maybeId,
    notes: maybeText,
    progress_data: settings,
  }),
  device: {},
});
export type UserMilestone = Doc<typeof userMilestones>;

/** What a student was awarded for a course, a pathway or a track. Revoked ones stay, marked. */
export const certificates = defineTable({
  name: 'certificates',
  family: 'rewards',
  row: z.object({
    ...standard,
    student_id: id,
    /** What it is for: exactly one of the three (`type` of the SQL row; a document's `type` is its table). */
    course_id: maybeId,
    pathway_id: maybeId,
    track_id: maybeId,
    /** `CERT-2026-000001`, gapless per year of the company's calendar. */
    number: text,
    title: text,
    printed_name: text,
    /** What the public look-up asks for; 16 characters of base32. */
    verification_code: text,
    issued_at: instant,
    /** Null: by the rule. */
    issued_by: maybeId,
    render_state: z.enum(['rendering', 'ready', 'failed']),
    file_id: maybeId,
    downloaded_at: maybeInstant,
    download_count: count,
    revoked_at: maybeInstant,
    revoke_reason: maybeText,
  }),
  device: {},
});
export type Certificate = Doc<typeof certificates>;

/** One line of the ranking. What tells who it is about reaches the person, their mentors and staff only. */
export const leaderboardSnapshots = defineTable({
  name: 'leaderboard_snapshots',
  family: 'rewards',
  row: z.object({
    ...standard,
    user_id: id.optional(),
    period: z.enum(['all', 'week']),
    /** The student's name, or `Student #…` where it is hidden. */
    display_name: text,
    /** Null where the name is hidden. */
    avatar_initials: maybeText,
    is_hidden: z.boolean().optional(),
    score: count,
    /** Mean of the progress of the active courses, in percent. */
    progress: count.max(100),
    videos_watched: count,
    assignments_completed: count,
    milestones_completed: count,
    sessions_attended: count,
    ratings_given: count,
    /** Consecutive days of the company's calendar with learning, up to today or yesterday. */
    streak: count,
    rank: z.int().min(1),
    previous_rank: z.int().min(1).nullable(),
    has_shopify: z.boolean(),
    has_meta: z.boolean(),
    /** Not of somebody who hides the own name. */
    batch_id: maybeId.optional(),
    /** Not of somebody who hides the own name. */
    course_ids: z.array(id).optional(),
    calculated_at: instant,
  }),
  device: {},
});
export type LeaderboardSnapshot = Doc<typeof leaderboardSnapshots>;

/** A connected shop or advertising account; its tokens never leave the server. */
export const integrations = defineTable({
  name: 'integrations',
  family: 'rewards',
  row: z.object({
    ...standard,
    user_id: id,
    source: z.enum(integrationSources),
    external_id: maybeText,
    status: z.enum(['connected', 'invalid', 'disconnected']),
    last_error: maybeText,
    connected_at: instant,
    last_synced_at: maybeInstant,
  }),
  device: {},
});
export type Integration = Doc<typeof integrations>;

/** One number of one day. */
export const userMetrics = defineTable({
  name: 'user_metrics',
  family: 'rewards',
  row: z.object({
    ...standard,
    user_id: id,
    integration_id: maybeId,
    source: z.enum([...integrationSources, 'lms']),
    metric: z.enum(['gmv', 'orders', 'spend', 'impressions', 'clicks', 'conversions', 'rating_reward_xp']),
    /** Sales (`gmv`) and spending in minor units of the currency; everything else is a count. */
    value: z.int(),
    currency: maybeText,
    date: day,
    fetched_at: instant,
  }),
  device: {},
});
export type UserMetric = Doc<typeof userMetrics>;
