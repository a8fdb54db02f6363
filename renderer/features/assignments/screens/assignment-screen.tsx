import { FileCheck, GitCompare, Lock, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useProblems, useReplica } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import {
  Button,
  ConfirmDialog,
  EmptyState,
  Loading,
  LockNote,
  Notice,
  Page,
  PageHeader,
  RichText,
  Section,
  Skeleton,
  StatusBadge,
  toast,
} from '../../../ui/index.ts';
import { withdrawWork } from '../actions.ts';
import { Attempt } from '../components/attempt.tsx';
import { WorkForm } from '../components/work-form.tsx';
import { DueText } from '../components/work-row.tsx';
import { useWorkEntry } from '../queries.ts';
import type { WorkEntry } from '../work-list.ts';

/** The brief, the attempts so far, and the form for the next one (S6). */
export default function AssignmentScreen() {
  const { t } = useTranslation('assignments');
  const { id } = useParams();
  const work = useWorkEntry(id);
  return (
    <Page>
      <Loading when={work === undefined} skeleton={<Skeleton className="h-96 w-full rounded-card" />}>
        {work ? (
          <Assignment work={work} />
        ) : (
          <>
            <PageHeader title={t('assignment')} parents={[{ label: t('title'), to: paths.assignments }]} />
            <EmptyState
              icon={FileCheck}
              title={t('unknown')}
              action={
                <Button asChild>
                  <Link to={paths.assignments}>{t('all')}</Link>
                </Button>
              }
            />
          </>
        )}
      </Loading>
    </Page>
  );
}

function Assignment({ work }: { work: WorkEntry }) {
  const { t } = useTranslation('assignments');
  const { assignment, entry, latest } = work;
  const problems = useProblems().filter(
    (problem) =>
      problem.type === 'submissions' &&
      (problem.mine.assignment_id === assignment.id || work.attempts.some(({ id }) => id === problem.id)),
  );
  const conflict = problems.find((problem) => problem.kind === 'conflict');
  const canWrite = work.open && work.status !== 'pending' && work.status !== 'approved' && problems.length === 0;
  return (
    <>
      <PageHeader
        title={assignment.name}
        parents={[{ label: t('title'), to: paths.assignments }]}
        lead={
          <>
            {t('belongsTo')}{' '}
            <Link to={paths.lesson(entry.lesson.id)} className="text-primary-ink hover:underline">
              {entry.lesson.recording_title}
            </Link>
          </>
        }
        actions={
          <>
            {work.status !== 'approved' && work.status !== 'pending' && <DueText due={work.due} />}
            <StatusBadge kind="submission" value={work.status} />
          </>
        }
      />
      {problems.length > 0 && (
        <Notice
          tone={conflict ? 'warn' : 'bad'}
          icon={conflict ? GitCompare : TriangleAlert}
          className="mb-6"
          action={
            <Button asChild size="sm">
              <Link to={paths.sync} data-testid="btn-review-problem">
                {t('problem.review')}
              </Link>
            </Button>
          }
        >
          {conflict ? t('problem.conflict') : t('problem.refused')}
        </Notice>
      )}
      {(assignment.description || assignment.instructions) && (
        <Section title={t('brief')}>
          {assignment.description && <RichText text={assignment.description} />}
          {assignment.instructions && <RichText text={assignment.instructions} className="mt-4" />}
        </Section>
      )}
      {!work.open && entry.state.state === 'locked' && (
        <Notice tone="off" icon={Lock} className="mt-6">
          <LockNote
            reason={entry.state.reason}
            blocking={entry.state.blocking?.title}
            availableAt={entry.state.available_at}
          />
        </Notice>
      )}
      {canWrite && (
        <Section title={latest ? t('nextAttempt', { version: latest.version + 1 }) : t('yourWork')}>
          <WorkForm work={work} />
        </Section>
      )}
      {work.attempts.length > 0 && (
        <Section title={t('attempts')} aside={work.status === 'pending' && <Withdraw work={work} />}>
          <div className="flex flex-col gap-4">
            {work.attempts.map((attempt) => (
              <Attempt key={attempt.id} attempt={attempt} name={assignment.name} />
            ))}
          </div>
        </Section>
      )}
    </>
  );
}

function Withdraw({ work }: { work: WorkEntry }) {
  const { t } = useTranslation('assignments');
  const { t: words } = useTranslation('errors');
  const replica = useReplica();
  const [asking, setAsking] = useState(false);
  const withdraw = async (): Promise<void> => {
    const verdict = await withdrawWork(replica, work);
    if (verdict !== 'allowed') toast.failed(words(`refusal.${verdict}`));
  };
  return (
    <>
      <Button size="sm" onClick={() => setAsking(true)} data-testid="btn-withdraw">
        {t('withdraw.button')}
      </Button>
      <ConfirmDialog
        name="withdraw"
        open={asking}
        onOpenChange={setAsking}
        title={t('withdraw.title')}
        description={t('withdraw.text', { name: work.assignment.name, version: work.latest?.version ?? 1 })}
        confirm={t('withdraw.confirm')}
        onConfirm={withdraw}
      />
    </>
  );
}
