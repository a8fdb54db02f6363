import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useBadge } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import { cx, formatDate, LockNote, StatusBadge, SyncBadge, useNow } from '../../../ui/index.ts';
import type { WorkEntry } from '../work-list.ts';

/** One assignment in a list: name, lesson, due date, status, and the mentor's words when it needs changes. */
export function WorkRow({ work }: { work: WorkEntry }) {
  const { t } = useTranslation('assignments');
  const badge = useBadge('submissions', work.latest?.id);
  const { assignment, entry, latest } = work;
  return (
    <li
      data-testid={`work-row-${assignment.id}`}
      className={cx('relative flex min-h-14 items-center gap-4 px-4 py-3', work.open && 'hover:bg-subtle')}
    >
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-center gap-2">
          {work.open ? (
            <Link
              to={paths.assignment(assignment.id)}
              data-testid="link-assignment"
              className="clip-line font-medium after:absolute after:inset-0"
              dir="auto"
            >
              {assignment.name}
            </Link>
          ) : (
            <span className="clip-line text-muted" dir="auto">
              {assignment.name}
            </span>
          )}
          <SyncBadge state={badge} />
        </p>
        {entry.state.state === 'locked' && !work.open ? (
          <LockNote
            reason={entry.state.reason}
            blocking={entry.state.blocking?.title}
            availableAt={entry.state.available_at}
          />
        ) : (
          <p className="clip-line text-dense text-muted" dir="auto">
            {work.status === 'declined' && latest?.notes
              ? t('row.feedback', { text: latest.notes })
              : entry.lesson.recording_title}
          </p>
        )}
      </div>
      {work.open && work.status !== 'approved' && work.status !== 'pending' && <DueText due={work.due} />}
      {latest && latest.version > 1 && (
        <span className="text-dense text-muted tabular">{t('version', { version: latest.version })}</span>
      )}
      {work.open && <StatusBadge kind="submission" value={work.status} />}
    </li>
  );
}

/** When work is due; late is said in words as well as in colour. */
export function DueText({ due }: { due: string | null }) {
  const { t } = useTranslation('assignments');
  const now = useNow();
  if (!due) return null;
  const late = Date.parse(due) < now.getTime();
  return (
    <span className={cx('text-dense whitespace-nowrap tabular', late ? 'text-bad' : 'text-muted')}>
      {t(late ? 'overdue' : 'due', { date: formatDate(new Date(due)) })}
    </span>
  );
}
