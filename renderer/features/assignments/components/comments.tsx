import { useTranslation } from 'react-i18next';
import { useRows } from '../../../data/index.ts';
import { RichText, TimeText } from '../../../ui/index.ts';

/** What reviewers said beside the decision, oldest first: also the note of whoever decided second. */
export function Comments({ submissionId }: { submissionId: string }) {
  const { t } = useTranslation('assignments');
  const reviews = useRows('submission_reviews', { submission_id: submissionId, decision: 'comment' }) ?? [];
  if (reviews.length === 0) return null;
  return (
    <ul className="flex flex-col gap-3 border-t pt-4" aria-label={t('comments')} data-testid="comments">
      {reviews
        .toSorted((a, b) => a.reviewed_at_client.localeCompare(b.reviewed_at_client))
        .map((review) => (
          <li key={review.id}>
            <p className="mb-1 text-dense font-medium text-muted">
              {t('commentBy', { name: review.reviewer_name })}{' '}
              <TimeText at={review.reviewed_at_client} className="font-normal" />
            </p>
            <RichText text={review.notes ?? ''} />
          </li>
        ))}
    </ul>
  );
}
