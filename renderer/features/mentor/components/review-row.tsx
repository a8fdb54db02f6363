import { Paperclip } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../../platform/links.ts';
import { cx, Icon, StatusBadge, SyncBadge, useNow, type SyncBadgeState } from '../../../ui/index.ts';
import { slowAfter, type ReviewEntry } from '../review-list.ts';
import { AgeText } from './age-text.tsx';

/** One attempt in the queue. */
export function ReviewRow({
  entry,
  current,
  status,
  badge,
}: {
  entry: ReviewEntry;
  current: boolean;
  status: ReviewEntry['submission']['status'];
  badge: SyncBadgeState | null;
}) {
  const { t } = useTranslation('mentor');
  const now = useNow();
  const { submission } = entry;
  const slow = status === 'pending' && now.getTime() - Date.parse(submission.submitted_at) > slowAfter;
  return (
    <li
      data-testid={`review-row-${submission.id}`}
      className={cx('relative px-4 py-3', current ? 'bg-primary-soft' : 'hover:bg-subtle')}
    >
      <div className="flex items-center gap-2">
        <Link
          to={paths.review(submission.id)}
          aria-current={current ? 'true' : undefined}
          className="min-w-0 flex-1 clip-line font-medium after:absolute after:inset-0"
          dir="auto"
        >
          {entry.person?.full_name ?? t('unknownStudent')}
        </Link>
        <SyncBadge state={badge} />
        <AgeText
          since={submission.submitted_at}
          className={cx('text-caption', slow ? 'font-medium text-bad' : 'text-muted')}
        />
      </div>
      <div className="mt-0.5 flex items-center gap-2 text-dense text-muted">
        <span className="min-w-0 flex-1 clip-line" dir="auto">
          {entry.assignment?.name ?? t('unknownAssignment')}
        </span>
        {submission.file_ids.length > 0 && (
          <span className="inline-flex items-center gap-1 tabular">
            <Icon of={Paperclip} size={14} />
            {submission.file_ids.length}
          </span>
        )}
        {submission.version > 1 && <span className="tabular">{t('version', { version: submission.version })}</span>}
        {status !== 'pending' && <StatusBadge kind="submission" value={status} />}
      </div>
    </li>
  );
}
