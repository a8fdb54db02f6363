import { CircleCheckBig, MousePointerClick } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { SubmissionReview } from '#contract/tables/submissions.ts';
import { useBadge, useReplica } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import {
  Button,
  EmptyState,
  Loading,
  PageHeader,
  SearchField,
  Skeleton,
  Tabs,
  useRegisterShortcuts,
} from '../../../ui/index.ts';
import { statusWith } from '../actions.ts';
import { ReviewPane } from '../components/review-pane.tsx';
import { ReviewRow } from '../components/review-row.tsx';
import { useReviewEntries, useReviewRows } from '../queries.ts';
import type { ReviewEntry } from '../review-list.ts';

type Tab = 'waiting' | 'approved' | 'declined' | 'all';

/** Read work, answer it, open the next lesson (M3). */
export default function ReviewQueueScreen() {
  const { t } = useTranslation('mentor');
  const entries = useReviewEntries();
  const rows = useReviewRows();
  const replica = useReplica();
  const { id } = useParams();
  const navigate = useNavigate();
  const [tab, setTab] = useState<Tab>('waiting');
  const [search, setSearch] = useState('');
  const own = useMemo(() => ownDecisions(rows?.reviews ?? [], replica.actor.id), [rows, replica.actor.id]);
  const status = (entry: ReviewEntry) => statusWith(entry, own.get(entry.submission.id));
  const all = entries ?? [];
  const inTab: Record<Tab, (entry: ReviewEntry) => boolean> = {
    waiting: (entry) => status(entry) === 'pending',
    approved: (entry) => status(entry) === 'approved',
    declined: (entry) => status(entry) === 'declined',
    all: (entry) => status(entry) !== 'withdrawn',
  };
  const found = all.filter((entry) => matches(entry, search));
  const listed = found.filter(inTab[tab]);
  const { shown, fresh, showFresh } = useSteadyList(listed, tab === 'waiting', `${tab}|${search}`);
  const current = all.find((entry) => entry.submission.id === id);
  // The address follows a moment later: two quick presses are two steps, counted from where the first one leads.
  const cursor = useRef(id);
  useEffect(() => {
    cursor.current = id;
  }, [id]);
  const go = (step: number): void => {
    const at = shown.findIndex((entry) => entry.submission.id === cursor.current);
    const next = shown[at < 0 ? 0 : at + step];
    if (!next) return;
    cursor.current = next.submission.id;
    void navigate(paths.review(next.submission.id));
  };
  useRegisterShortcuts([
    { id: 'review.next', keys: 'j', label: t('nextWork'), group: 'review', run: () => go(1) },
    { id: 'review.previous', keys: 'k', label: t('previousWork'), group: 'review', run: () => go(-1) },
  ]);
  const onDecided = (): void => {
    const rest = shown.filter((entry) => entry.submission.id !== id && status(entry) === 'pending');
    const after =
      rest.find((entry) => entry.submission.submitted_at > (current?.submission.submitted_at ?? '')) ?? rest[0];
    if (tab === 'waiting' && after) void navigate(paths.review(after.submission.id));
  };
  return (
    <div className="flex h-full min-h-0">
      <div className="flex w-[340px] shrink-0 flex-col overflow-y-auto border-e bg-surface">
        <div className="px-4 pt-6">
          <PageHeader title={t('queue')} count={found.filter(inTab.waiting).length} className="mb-3" />
          <SearchField label={t('searchWork')} value={search} onChange={setSearch} className="mb-2 w-full" />
        </div>
        <Tabs<Tab>
          label={t('queue')}
          value={tab}
          onChange={setTab}
          className="[&>div:first-child]:px-4"
          items={(['waiting', 'approved', 'declined', 'all'] as const).map((value) => ({
            value,
            label: t(`tabs.${value}`),
            content: tab === value && (
              <div className="-mt-4">
                {fresh > 0 && (
                  <div className="flex justify-center border-b p-2">
                    <Button size="sm" onClick={showFresh} data-testid="chip-new" data-count={fresh}>
                      {t('newWork', { count: fresh })}
                    </Button>
                  </div>
                )}
                <Loading when={entries === undefined} skeleton={<Skeleton className="m-4 h-48" />}>
                  {shown.length > 0 ? (
                    <ul className="divide-y divide-line">
                      {shown.map((entry) => (
                        <QueueRow
                          key={entry.submission.id}
                          entry={entry}
                          current={entry.submission.id === id}
                          own={own.get(entry.submission.id)}
                        />
                      ))}
                    </ul>
                  ) : (
                    <EmptyState
                      icon={CircleCheckBig}
                      title={search ? t('noMatch') : tab === 'waiting' ? t('allReviewed') : t('noneHere')}
                    />
                  )}
                </Loading>
              </div>
            ),
          }))}
        />
      </div>
      <div className="min-w-0 flex-1 overflow-y-auto p-6">
        {current ? (
          <ReviewPane
            key={current.submission.id}
            entry={current}
            own={own.get(current.submission.id)}
            onDecided={onDecided}
          />
        ) : (
          <EmptyState icon={MousePointerClick} title={t('choose')} className="pt-32">
            {t('chooseText')}
          </EmptyState>
        )}
      </div>
    </div>
  );
}

function QueueRow({
  entry,
  current,
  own,
}: {
  entry: ReviewEntry;
  current: boolean;
  own: SubmissionReview | undefined;
}) {
  const badge = useBadge('submission_reviews', own?.id);
  return <ReviewRow entry={entry} current={current} status={statusWith(entry, own)} badge={badge} />;
}

/** This reviewer's newest decision on each attempt. */
function ownDecisions(reviews: readonly SubmissionReview[], me: string): Map<string, SubmissionReview> {
  const newest = new Map<string, SubmissionReview>();
  for (const review of reviews) {
    if (review.reviewer_id !== me || review.decision === 'comment' || review.outcome !== 'applied') continue;
    const known = newest.get(review.submission_id);
    if (!known || known.reviewed_at_client < review.reviewed_at_client) newest.set(review.submission_id, review);
  }
  return newest;
}

const matches = (entry: ReviewEntry, search: string): boolean => {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return true;
  return [entry.person?.full_name, entry.student?.student_number, entry.assignment?.name, entry.course?.title].some(
    (text) => text?.toLowerCase().includes(wanted),
  );
};

/**
 * Rows never move under the pointer: work that arrives while the list is open collects in a chip until it is asked for.
 * Rows that leave the list (decided, withdrawn) leave at once.
 */
function useSteadyList(listed: readonly ReviewEntry[], steady: boolean, question: string) {
  const [seen, setSeen] = useState<{ question: string; ids: ReadonlySet<string> } | null>(null);
  const all = new Set(listed.map((entry) => entry.submission.id));
  const ids = seen?.question === question ? seen.ids : null;
  const known = steady && ids ? listed.filter((entry) => ids.has(entry.submission.id)) : listed;
  // A new question, or a list that has run empty, shows everything at once: there is nothing it could push away.
  const starts = listed.length > 0 && (ids === null || known.length === 0);
  if (starts) setSeen({ question, ids: all });
  const shown = starts ? listed : known;
  return { shown, fresh: listed.length - shown.length, showFresh: () => setSeen({ question, ids: all }) };
}
