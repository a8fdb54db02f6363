import { Download, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useReplica, type Problem } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import { Button, ConfirmDialog, CopyButton, Icon, saveText, TimeText, toast } from '../../../ui/index.ts';
import { useDescribe } from '../describe.ts';
import { openAsDraft } from '../open-as-draft.ts';
import { writtenText } from '../written-text.ts';
import { RowFiles } from './row-files.tsx';

/** A change the server did not take: what, when, why, what can be done, and all of its text. */
export function ProblemCard({ problem }: { problem: Problem }) {
  const { t } = useTranslation('sync-details');
  const describe = useDescribe();
  const replica = useReplica();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const { what, about } = describe(problem.type, problem.id, problem.mine);
  const name = [what, about].filter(Boolean).join(' · ');
  const text = writtenText(problem.mine);
  const assignmentId =
    problem.type === 'submissions' && typeof problem.mine['assignment_id'] === 'string'
      ? problem.mine['assignment_id']
      : null;
  const draft = async (): Promise<void> => {
    if (!assignmentId) return;
    await openAsDraft(replica, assignmentId, problem.mine);
    await navigate(paths.assignment(assignmentId));
    toast.done(t('refused.draftKept'));
  };
  return (
    <article
      data-testid={`problem-${problem.key}`}
      data-code={problem.code}
      className="rounded-card border bg-surface p-5"
    >
      <header className="flex items-start gap-3">
        <Icon of={TriangleAlert} size={20} className="mt-0.5 text-bad" />
        <div className="min-w-0 flex-1">
          <h3 className="text-reading" dir="auto">
            {name}
          </h3>
          <p className="mt-1 max-w-[70ch]">{t(`refused.${problem.code}`, { message: problem.message })}</p>
        </div>
        <TimeText at={problem.at} className="text-dense text-muted" />
      </header>
      {text && (
        <pre
          tabIndex={0}
          dir="auto"
          className="mt-4 max-h-80 overflow-auto rounded-control bg-subtle p-4 font-sans break-words whitespace-pre-wrap select-text"
        >
          {text}
        </pre>
      )}
      <RowFiles columns={problem.mine} />
      <footer className="mt-4 flex flex-wrap gap-2">
        {assignmentId && problem.code !== 'not_allowed' && (
          <Button variant="primary" onClick={() => void draft()} data-testid="btn-open-as-draft">
            {t('refused.openAsDraft')}
          </Button>
        )}
        {text && <CopyButton size="md" text={text} label={t('copyText')} />}
        {text && (
          <Button
            icon={Download}
            onClick={() => saveText(`growthos-${problem.type}.txt`, `${name}\n\n${text}\n`)}
            data-testid="btn-save-text"
          >
            {t('saveText')}
          </Button>
        )}
        <Button variant="ghost" onClick={() => setAsking(true)} data-testid="btn-discard">
          {t('refused.discard')}
        </Button>
      </footer>
      <ConfirmDialog
        name="discard"
        open={asking}
        onOpenChange={setAsking}
        title={t('refused.discardTitle')}
        description={t('refused.discardText', { name })}
        confirm={t('refused.discard')}
        onConfirm={() => replica.discardProblem(problem.key)}
      />
    </article>
  );
}
