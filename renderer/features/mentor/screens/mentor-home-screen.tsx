import { CircleCheckBig } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useReplica, useRows } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import {
  Button,
  Card,
  EmptyState,
  formatRelative,
  Loading,
  Page,
  PageHeader,
  PersonCell,
  Section,
  Skeleton,
  StatTile,
  TimeText,
  useNow,
} from '../../../ui/index.ts';
import { ReviewRow } from '../components/review-row.tsx';
import { useReviewEntries, useReviewRows } from '../queries.ts';
import { reviewSummary } from '../review-list.ts';

/** What waits for this mentor today (M1). */
export default function MentorHomeScreen() {
  const { t } = useTranslation('mentor');
  const replica = useReplica();
  const now = useNow();
  const rows = useReviewRows();
  const entries = useReviewEntries();
  const settings = useRows('company_settings')?.[0];
  const summary =
    rows && entries && reviewSummary(entries, rows, replica.actor.id, now, settings?.recovery_inactivity_days ?? 3);
  const waiting = (entries ?? []).filter(({ submission }) => submission.status === 'pending');
  const first = waiting[0];
  return (
    <Page>
      <PageHeader
        title={t('home')}
        actions={
          first && (
            <Button variant="primary" asChild>
              <Link to={paths.review(first.submission.id)} data-testid="btn-start-reviewing">
                {t('startReviewing')}
              </Link>
            </Button>
          )
        }
      />
      <Loading when={!summary} skeleton={<Skeleton className="h-28 w-full rounded-card" />}>
        {summary && (
          <>
            <div className="grid gap-4 sm:grid-cols-3">
              <StatTile
                label={t('tiles.waiting')}
                figure={summary.waiting}
                note={
                  summary.oldest
                    ? t('tiles.oldest', { when: formatRelative(new Date(summary.oldest), now) })
                    : t('tiles.nothing')
                }
                to={paths.reviews}
              />
              <StatTile
                label={t('tiles.slow')}
                figure={summary.slow}
                {...(summary.slow > 0 && { tone: 'bad' as const })}
                note={t('tiles.slowNote')}
                to={paths.reviews}
              />
              <StatTile
                label={t('tiles.decided')}
                figure={summary.decidedThisWeek}
                note={t('tiles.decidedNote')}
                to={paths.reviews}
              />
            </div>
            <Section title={t('waitingForYou')}>
              {waiting.length > 0 ? (
                <Card padded={false} className="overflow-hidden">
                  <ul className="divide-y divide-line">
                    {waiting.slice(0, 5).map((entry) => (
                      <ReviewRow
                        key={entry.submission.id}
                        entry={entry}
                        current={false}
                        status="pending"
                        badge={null}
                      />
                    ))}
                  </ul>
                </Card>
              ) : (
                <EmptyState icon={CircleCheckBig} title={t('allReviewed')}>
                  {t('allReviewedText')}
                </EmptyState>
              )}
            </Section>
            {summary.quiet.length > 0 && (
              <Section title={t('quietStudents')}>
                <Card padded={false}>
                  <ul className="divide-y divide-line">
                    {summary.quiet.slice(0, 6).map((student) => (
                      <li key={student.id} className="flex min-h-14 items-center justify-between gap-4 px-4">
                        <PersonCell name={student.full_name} />
                        <span className="text-dense text-muted">
                          {student.last_active_at ? <TimeText at={student.last_active_at} /> : t('neverActive')}
                        </span>
                      </li>
                    ))}
                  </ul>
                </Card>
              </Section>
            )}
          </>
        )}
      </Loading>
    </Page>
  );
}
