import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useReplica, type Problem } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import { Button, CopyButton, saveText, toast } from '../../../ui/index.ts';
import { useProblemName } from '../describe.ts';
import { openAsDraft } from '../open-as-draft.ts';
import { writtenText } from '../written-text.ts';
import { DiscardButton } from './discard-button.tsx';
import { ProblemFrame } from './problem-frame.tsx';
import { RowFiles } from './row-files.tsx';

/** A change the server did not take: what, when, why, what can be done, and all of its text. */
export function ProblemCard({ problem }: { problem: Problem }) {
  const { t } = useTranslation('sync-details');
  const replica = useReplica();
  const navigate = useNavigate();
  const name = useProblemName(problem);
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
    <ProblemFrame
      problem={problem}
      kind="problem"
      title={name}
      explanation={t(`refused.${problem.code}`, { message: problem.message })}
      actions={
        <>
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
          <DiscardButton
            problem={problem}
            name={name}
            question={t('refused.discardTitle')}
            label={t('refused.discard')}
          />
        </>
      }
    >
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
    </ProblemFrame>
  );
}
