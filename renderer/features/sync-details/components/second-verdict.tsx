import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useReplica, useRow, useRows, type Problem } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import {
  announce,
  Button,
  CopyButton,
  DiffView,
  formatDateTime,
  StatusBadge,
  toast,
  type StatusValue,
} from '../../../ui/index.ts';
import { useProblemName } from '../describe.ts';
import { keepAsComment, noteOf } from '../keep-as-comment.ts';
import { DiscardButton } from './discard-button.tsx';
import { ProblemFrame } from './problem-frame.tsx';

/** A verdict that came after another one, or after a newer version: both are shown, the first stands, and the note is not lost. */
export function SecondVerdict({ problem }: { problem: Problem }) {
  const { t } = useTranslation('sync-details');
  const replica = useReplica();
  const work = useRow('submissions', String(problem.mine['submission_id'] ?? ''));
  const attempts = useRows('submissions', {
    assignment_id: work?.assignment_id ?? '',
    student_id: work?.student_id ?? '',
  });
  const winner = useRow('users', work?.reviewed_by);
  const name = useProblemName(problem);
  const note = noteOf(problem.mine);
  const newest = (attempts ?? []).toSorted((a, b) => b.version - a.version)[0];
  const isOutdated = newest !== undefined && work != null && newest.version > work.version;
  const keep = async (): Promise<void> => {
    await keepAsComment(replica, problem);
    toast.done(t('verdict.kept'));
    announce(t('verdict.kept'));
  };
  const decidedAt = work?.reviewed_at ? formatDateTime(new Date(work.reviewed_at)) : null;
  return (
    <ProblemFrame
      problem={problem}
      kind="verdict"
      title={name}
      explanation={isOutdated ? t('verdict.outdated') : t('verdict.second')}
      actions={
        <>
          {isOutdated && (
            <Button asChild variant="primary">
              <Link to={paths.review(newest.id)} data-testid="btn-read-newer">
                {t('verdict.readNewer', { version: newest.version })}
              </Link>
            </Button>
          )}
          {note !== '' && work && work.status !== 'withdrawn' && (
            <Button
              variant={isOutdated ? 'secondary' : 'primary'}
              onClick={() => void keep()}
              data-testid="btn-keep-as-comment"
            >
              {t('verdict.keepNote')}
            </Button>
          )}
          {note !== '' && <CopyButton size="md" text={note} label={t('copyText')} />}
          <DiscardButton problem={problem} name={name} question={t('verdict.dropTitle')} label={t('verdict.drop')} />
        </>
      }
    >
      <DiffView
        className="mt-4"
        apart
        first={{
          title: t('verdict.mine'),
          detail: t('conflict.mineDetail', { at: formatDateTime(problem.at) }),
          text: note,
          testId: 'verdict-mine',
          children: <Decided value={problem.mine['decision']} />,
        }}
        second={{
          title: t('verdict.standing'),
          detail:
            winner && decidedAt ? t('conflict.theirsDetail', { who: winner.full_name, at: decidedAt }) : decidedAt,
          text: work?.notes ?? '',
          testId: 'verdict-standing',
          children: <Decided value={work?.status} />,
        }}
      />
    </ProblemFrame>
  );
}

const statuses = ['pending', 'approved', 'declined', 'withdrawn'] as const satisfies StatusValue<'submission'>[];

function Decided({ value }: { value: unknown }) {
  const status = statuses.find((known) => known === value);
  return status ? <StatusBadge kind="submission" value={status} /> : null;
}
