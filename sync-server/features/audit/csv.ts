import type { AuditEntry } from '#contract/api/audit.ts';

const columns = [
  'created_at',
  'actor_role',
  'performed_by',
  'performed_by_name',
  'action',
  'entity_type',
  'entity_id',
  'target_user_id',
  'target_name',
  'description',
  'data',
  'request_id',
] as const satisfies readonly (keyof AuditEntry)[];

/** A quoted cell; one that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Comma-separated lines with a head, as RFC 4180 has them. */
export const auditCsv = (entries: readonly AuditEntry[]): string =>
  [columns.join(','), ...entries.map((entry) => columns.map((name) => csvCell(entry[name])).join(','))].join('\r\n');
