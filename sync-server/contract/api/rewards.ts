import { z } from 'zod';
import { day, id, maybeId, maybeText } from '../columns.ts';
import { milestoneTriggers } from '../tables/rewards.ts';

const name = z.string().trim().min(1).max(100);
const reason = z.string().trim().min(3).max(1000);
const note = z.string().trim().max(1000).nullable().default(null);
/** Left out: a new row. */
const known = id.optional();
const document = z.record(z.string().max(60), z.unknown());

export const savedSchema = z.object({ id });

export const saveBadgeSchema = z.strictObject({
  id: known,
  name,
  description: maybeText.default(null),
  image_file_id: maybeId.default(null),
});

export const saveMilestoneCategorySchema = z.strictObject({
  id: known,
  name,
  description: maybeText.default(null),
  icon: z.string().max(20).nullable().default(null),
  color: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/)
    .default('#3B82F6'),
  display_order: z.int().default(0),
});

export const saveMilestoneSchema = z.strictObject({
  id: known,
  category_id: maybeId.default(null),
  badge_id: maybeId.default(null),
  name,
  description: z.string().trim().min(1).max(1000),
  icon: z.string().min(1).max(20).default('🏆'),
  points: z.int().min(0).max(10_000).default(10),
  display_order: z.int().default(0),
  is_active: z.boolean().default(true),
  trigger_type: z.enum(milestoneTriggers),
  /** Must fit the trigger. */
  trigger_config: document.default({}),
  show_celebration: z.boolean().default(false),
  celebration_message: z.string().max(500).nullable().default(null),
  celebration_config: document.default({}),
});

export const deleteSchema = z.strictObject({ id });

/** Mentors must say why; staff may. */
export const awardMilestoneSchema = z.strictObject({ user_id: id, milestone_id: id, notes: note });
export const awardBadgeSchema = z.strictObject({ user_id: id, badge_id: id, notes: note });
export const awardedSchema = z.object({ id, is_new: z.boolean() });
export const revokeMilestoneSchema = z.strictObject({ user_id: id, milestone_id: id, reason });
export const revokeBadgeSchema = z.strictObject({ user_id: id, badge_id: id, reason });
export const revokedSchema = z.object({ id });

export const certificateKinds = ['course', 'pathway', 'track'] as const;
export const issueCertificateSchema = z.strictObject({
  student_id: id,
  type: z.enum(certificateKinds),
  target_id: id,
});
export const issuedSchema = z.object({ id, number: z.string() });
export const revokeCertificateSchema = z.strictObject({ certificate_id: id, reason });
export const correctCertificateSchema = z.strictObject({ certificate_id: id, printed_name: name });
export const recommendCertificateSchema = z.strictObject({ student_id: id, track_id: id, notes: reason });

export const verifyCertificateSchema = z.strictObject({ code: z.string().min(1).max(40) });
/** What anybody who holds the code may know, and nothing else. */
export const verifiedSchema = z.object({
  name: z.string(),
  title: z.string(),
  issued_on: day,
  state: z.enum(['valid', 'revoked']),
});

export const excludeFromLeaderboardSchema = z.strictObject({ student_id: id, excluded: z.boolean(), reason });
