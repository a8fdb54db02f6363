import { z } from 'zod';
import { instant } from '../columns.ts';
import { roleSchema } from '../roles.ts';

/** `POST /functions/v1/list-audit` (workflows 3.43): the audit trail, newest first. Admins see neither security and settings lines nor what superadmins did. */
export const listAuditSchema = z.strictObject({
  actor_id: z.uuid().optional(),
  target_user_id: z.uuid().optional(),
  entity_type: z.string().max(60).optional(),
  entity_id: z.uuid().optional(),
  action: z.string().max(60).optional(),
  from: instant.optional(),
  /** Up to, not including. */
  until: instant.optional(),
  /** `next` of the page before. */
  cursor: z.string().max(120).optional(),
  limit: z.int().min(1).max(200).default(50),
});
export type ListAudit = z.infer<typeof listAuditSchema>;

export const auditEntrySchema = z.object({
  id: z.uuid(),
  created_at: instant,
  entity_type: z.string(),
  entity_id: z.uuid().nullable(),
  action: z.string(),
  /** Null: the system, or an operator's program. */
  performed_by: z.uuid().nullable(),
  performed_by_name: z.string().nullable(),
  actor_role: roleSchema.nullable(),
  target_user_id: z.uuid().nullable(),
  target_name: z.string().nullable(),
  description: z.string().nullable(),
  /** Before and after of what changed. */
  data: z.record(z.string(), z.unknown()),
  request_id: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  /** Give it as `cursor` for the next page; null at the end. */
  next: z.string().nullable(),
});

const { cursor: _cursor, limit: _limit, ...filters } = listAuditSchema.shape;
/** `POST /functions/v1/export-audit`: the same as CSV, for superadmins; the export leaves a line of its own. */
export const exportAuditSchema = z.strictObject(filters);
/** `complete` is false where there was more than one export may hold: narrow the dates. */
export const exportedAuditSchema = z.object({ csv: z.string(), rows: z.int(), complete: z.boolean() });
