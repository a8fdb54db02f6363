import { CircleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Submission } from '#contract/tables/submissions.ts';
import { useBadge } from '../../../data/index.ts';
import { Badge, Card, ExternalAnchor, RichText, StatusBadge, SyncBadge, TimeText } from '../../../ui/index.ts';
import { Comments } from './comments.tsx';
import { ReceiptButton } from './receipt-button.tsx';
import { WorkFiles } from './work-files.tsx';

/** One attempt as it was handed in, with what the reviewer said. */
export function Attempt({ attempt, name }: { attempt: Submission; name: string }) {
  const { t } = useTranslation('assignments');
  const badge = useBadge('submissions', attempt.id);
  const bothTimes = Math.abs(Date.parse(attempt.submitted_at) - Date.parse(attempt.client_submitted_at)) > 5 * 60_000;
  return (
    <Card data-testid={`attempt-${attempt.version}`} className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <span className="font-medium tabular">{t('version', { version: attempt.version })}</span>
        <StatusBadge kind="submission" value={attempt.status} />
        {attempt.is_late && (
          <Badge tone="warn" icon={CircleAlert}>
            {t('late')}
          </Badge>
        )}
        <SyncBadge state={badge} words />
        <span className="ms-auto text-dense text-muted">
          {bothTimes ? (
            <>
              {t('writtenAt')} <TimeText at={attempt.client_submitted_at} style="exact" /> · {t('receivedAt')}{' '}
              <TimeText at={attempt.submitted_at} style="exact" />
            </>
          ) : (
            <TimeText at={attempt.submitted_at} />
          )}
        </span>
        <ReceiptButton attempt={attempt} name={name} />
      </div>
      {attempt.content && <RichText text={attempt.content} />}
      {attempt.links.length > 0 && (
        <ul className="flex flex-col gap-1">
          {attempt.links.map((link) => (
            <li key={link}>
              <ExternalAnchor href={link}>{link}</ExternalAnchor>
            </li>
          ))}
        </ul>
      )}
      {attempt.file_ids.length > 0 && <WorkFiles ids={attempt.file_ids} />}
      {attempt.notes && (
        <div className="border-t pt-4" data-testid="feedback">
          <p className="mb-2 text-dense font-medium text-muted">
            {t('feedback')} {attempt.reviewed_at && <TimeText at={attempt.reviewed_at} className="font-normal" />}
          </p>
          <RichText text={attempt.notes} />
        </div>
      )}
      <Comments submissionId={attempt.id} />
    </Card>
  );
}
