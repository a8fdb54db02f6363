import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConflictClosedError, useReplica, useRows, type Problem } from '../../../data/index.ts';
import {
  announce,
  Button,
  CopyButton,
  DiffView,
  ErrorPanel,
  formatDateTime,
  StatusBadge,
  toast,
  type StatusValue,
} from '../../../ui/index.ts';
import { useProblemName } from '../describe.ts';
import { fileIdsOf, writtenText } from '../written-text.ts';
import { ProblemFrame } from './problem-frame.tsx';
import { RowFiles } from './row-files.tsx';

type Submitted = {
  version?: number;
  status?: StatusValue<'submission'>;
  reviewed_at?: string | null;
  notes?: string | null;
};

/** Both versions of one thing side by side, and the choice between them. Can be left for later. */
export function ConflictView({ problem }: { problem: Problem }) {
  const { t } = useTranslation('sync-details');
  const replica = useReplica();
  const name = useProblemName(problem);
  const [busy, setBusy] = useState<'send_mine' | 'keep_theirs' | null>(null);
  const [closed, setClosed] = useState<string | null>(null);
  const theirs = (problem.theirs ?? {}) as Submitted;
  const approved = theirs.status === 'approved';
  const mineText = writtenText(problem.mine);

  const answer = async (choice: 'send_mine' | 'keep_theirs'): Promise<void> => {
    setBusy(choice);
    try {
      await replica.resolveConflict(problem.key, choice);
      const said = choice === 'send_mine' ? t('conflict.sent') : t('conflict.kept');
      toast.done(said);
      announce(said);
    } catch (failure) {
      if (!(failure instanceof ConflictClosedError)) throw failure;
      setClosed(failure.reason);
    } finally {
      setBusy(null);
    }
  };

  return (
    <ProblemFrame
      problem={problem}
      kind="conflict"
      title={name}
      explanation={approved ? t('conflict.approved') : t('conflict.reviewed')}
      actions={
        <>
          {!approved && !closed && (
            <Button
              variant="primary"
              busy={busy === 'send_mine'}
              onClick={() => void answer('send_mine')}
              data-testid="btn-send-mine"
            >
              {theirs.version ? t('conflict.send', { version: theirs.version + 1 }) : t('conflict.sendPlain')}
            </Button>
          )}
          <Button
            busy={busy === 'keep_theirs'}
            onClick={() => void answer('keep_theirs')}
            data-testid="btn-keep-theirs"
          >
            {t('conflict.keep')}
          </Button>
          <CopyButton size="md" variant="ghost" text={mineText} label={t('copyText')} />
        </>
      }
    >
      <DiffView
        className="mt-4"
        first={{
          title: t('conflict.mine'),
          detail: t('conflict.mineDetail', { at: formatDateTime(problem.at) }),
          text: mineText,
          testId: 'conflict-mine',
          children: fileIdsOf(problem.mine).length > 0 && <RowFiles columns={problem.mine} />,
        }}
        second={{
          title: t('conflict.theirs'),
          detail: <TheirDetail id={problem.theirs?.['id']} reviewedAt={theirs.reviewed_at ?? null} />,
          text: writtenText({ ...problem.theirs, notes: null }),
          testId: 'conflict-theirs',
          children: (
            <div className="flex flex-col items-start gap-2">
              {theirs.status && <StatusBadge kind="submission" value={theirs.status} />}
              {theirs.notes && (
                <p className="whitespace-pre-wrap" dir="auto">
                  {theirs.notes}
                </p>
              )}
              <RowFiles columns={problem.theirs} />
            </div>
          ),
        }}
      />
      {closed && (
        <ErrorPanel className="mt-4" title={t('conflict.closedTitle')}>
          {t('conflict.closed')}
        </ErrorPanel>
      )}
    </ProblemFrame>
  );
}

function TheirDetail({ id, reviewedAt }: { id: unknown; reviewedAt: string | null }) {
  const { t } = useTranslation('sync-details');
  const reviews = useRows('submission_reviews', { submission_id: typeof id === 'string' ? id : '' }) ?? [];
  const who = reviews.find((review) => review.outcome === 'applied')?.reviewer_name;
  if (!reviewedAt) return <>{t('conflict.server')}</>;
  const at = formatDateTime(new Date(reviewedAt));
  return <>{who ? t('conflict.theirsDetail', { who, at }) : at}</>;
}
