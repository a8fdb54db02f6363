import { GitCompare } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useReplica, useRow, useRows, type Problem } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import {
  announce,
  Button,
  ConfirmDialog,
  CopyButton,
  DiffView,
  formatDateTime,
  Icon,
  StatusBadge,
  toast,
  type StatusValue,
} from '../../../ui/index.ts';
import { useDescribe } from '../describe.ts';
import { keepAsComment, noteOf } from '../keep-as-comment.ts';

/** A verdict that came after another one, or after a newer version: both are shown, the first stands, and the note is not lost. */
export function SecondVerdict({ problem }: { problem: Problem }) {
  const { t } = useTranslation('sync-details');
  const describe = useDescribe();
  const replica = useReplica();
  const work = useRow('submissions', String(problem.mine['submission_id'] ?? ''));
  const attempts = useRows('submissions', {
    assignment_id: work?.assignment_id ?? '',
    student_id: work?.student_id ?? '',
  });
  const winner = useRow('users', work?.reviewed_by);
  const [asking, setAsking] = useState(false);
  const { what, about } = describe(problem.type, problem.id, problem.mine);
  const name = [what, about].filter(Boolean).join(' · ');
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
    <article data-testid={`verdict-${problem.key}`} className="rounded-card border bg-surface p-5">
      <header className="flex items-start gap-3">
        <Icon of={GitCompare} size={20} className="mt-0.5 text-warn" />
        <div>
          <h3 className="text-reading" dir="auto">
            {name}
          </h3>
          <p className="mt-1 max-w-[70ch] text-muted">{isOutdated ? t('verdict.outdated') : t('verdict.second')}</p>
        </div>
      </header>
      <DiffView
        className="mt-4"
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
      <footer className="mt-4 flex flex-wrap gap-2">
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
        <Button variant="ghost" onClick={() => setAsking(true)} data-testid="btn-discard">
          {t('verdict.drop')}
        </Button>
      </footer>
      <ConfirmDialog
        name="discard"
        open={asking}
        onOpenChange={setAsking}
        title={t('verdict.dropTitle')}
        description={t('refused.discardText', { name })}
        confirm={t('verdict.drop')}
        onConfirm={() => replica.discardProblem(problem.key)}
      />
    </article>
  );
}

const statuses = ['pending', 'approved', 'declined', 'withdrawn'] as const satisfies StatusValue<'submission'>[];

function Decided({ value }: { value: unknown }) {
  const status = statuses.find((known) => known === value);
  return status ? <StatusBadge kind="submission" value={status} /> : null;
}
