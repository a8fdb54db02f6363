import type { CaptureSignal } from '#contract/tables/protection.ts';
import type { PushContext } from '../../sync/define-sync.ts';

export type Severity = 'warning' | 'high' | 'critical';

/** How gravely each signal is noted. Nothing a client reports does more than that (data model R32). */
export const severityOf = {
  screen_capture: 'high',
  extension: 'warning',
  picture_in_picture: 'warning',
  bulk_download_pattern: 'high',
  devtools: 'warning',
  screenshot_key: 'warning',
} as const satisfies Record<CaptureSignal, Severity>;

/** Reports of one kind from one person that are kept in an hour; what comes beyond that is dropped without a word. */
export const hourlyLimits = { error_logs: 60, security_signals: 60, video_access_events: 1200 } as const;
export type ReportTable = keyof typeof hourlyLimits;

/** Whether this person may be heard once more. The count is the database's, so it holds over all processes. */
export async function isWithinLimit({ tx, deps, actor, now }: PushContext, table: ReportTable): Promise<boolean> {
  const { rows } = await tx.query<{ count: number }>('select server_count_reports($1, $2, $3, $4) as count', [
    deps.serverKey,
    table,
    actor.id,
    new Date(now.getTime() - 3_600_000),
  ]);
  return rows[0]!.count < hourlyLimits[table];
}

/** The lesson, where the person can see it; a report names no other. */
export async function findVisibleLesson({ tx }: PushContext, lessonId: unknown): Promise<string | null> {
  if (typeof lessonId !== 'string') return null;
  const { rows } = await tx.query<{ id: string }>('select id from available_lessons where id = $1', [lessonId]);
  return rows[0]?.id ?? null;
}

/** Notes an incident for staff to judge; the same kind within twenty minutes is one. */
export async function noteIncident(
  { tx, deps, actor, now, address }: PushContext,
  incident: { signal: CaptureSignal; severity: Severity; device: unknown; page: unknown; metadata: object },
): Promise<void> {
  await tx.query('select server_note_incident($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)', [
    deps.serverKey,
    actor.id,
    incident.signal,
    incident.severity,
    incident.device ?? null,
    address ?? null,
    incident.page ?? null,
    JSON.stringify(incident.metadata),
    now,
  ]);
}
