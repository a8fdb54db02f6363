import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReplica, type Problem } from '../../../data/index.ts';
import { Button, ConfirmDialog } from '../../../ui/index.ts';

type DiscardButtonProps = {
  problem: Problem;
  /** What the problem is about, for the question. */
  name: string;
  question: string;
  /** What it is called, on this button and on the one that confirms. */
  label: string;
};

/** Drops a problem with its text, after asking. */
export function DiscardButton({ problem, name, question, label }: DiscardButtonProps) {
  const { t } = useTranslation('sync-details');
  const replica = useReplica();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="ghost" onClick={() => setAsking(true)} data-testid="btn-discard">
        {label}
      </Button>
      <ConfirmDialog
        name="discard"
        open={asking}
        onOpenChange={setAsking}
        title={question}
        description={t('refused.discardText', { name })}
        confirm={label}
        onConfirm={() => replica.discardProblem(problem.key)}
      />
    </>
  );
}
