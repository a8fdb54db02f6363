import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePending, useProblems, useReplica, type DraftEntry } from '../data/index.ts';
import { session } from '../platform/index.ts';
import { Button, ConfirmDialog, Dialog, FormField, Input, Notice, saveText, toast, useOnline } from '../ui/index.ts';
import { PencilLine, TriangleAlert } from 'lucide-react';
import { holdsWork, unsentAsText } from './unsent-copy.ts';

/** Signing out removes what is on this device; nothing unsent goes without being asked for. */
export function SignOutDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('shell');
  const pending = usePending();
  const problems = useProblems();
  const drafts = useDraftsHere(open);
  const unsent = pending.length + problems.length;
  if (unsent > 0) return <UnsentDialog open={open} onOpenChange={onOpenChange} count={unsent} drafts={drafts} />;
  return (
    <ConfirmDialog
      name="sign-out"
      open={open}
      onOpenChange={onOpenChange}
      title={t('signOut.title')}
      description={t('signOut.text')}
      confirm={t('signOut.action')}
      destructive={false}
      onConfirm={async () => {
        saveDrafts(drafts);
        const answer = await session.getState().signOut('sync');
        if (!answer.ok) toast.failed(t('signOut.notSent'));
      }}
    >
      <DraftsNotice drafts={drafts} />
    </ConfirmDialog>
  );
}

/** Half-written work lies on this device and nowhere else; empty forms are nothing to keep. */
function useDraftsHere(open: boolean): DraftEntry[] {
  const replica = useReplica();
  const [drafts, setDrafts] = useState<DraftEntry[]>([]);
  useEffect(() => {
    if (open) void replica.listDrafts('').then((all) => setDrafts(all.filter(({ value }) => holdsWork(value))));
  }, [open, replica]);
  return drafts;
}

/** Before the copy on this device is removed; a spare file is worth more than a lost thought. */
function saveDrafts(drafts: readonly DraftEntry[]): void {
  if (drafts.length > 0) saveText('growthos-drafts.txt', unsentAsText([], [], drafts));
}

function DraftsNotice({ drafts }: { drafts: readonly DraftEntry[] }) {
  const { t } = useTranslation('shell');
  if (drafts.length === 0) return null;
  return (
    <Notice tone="info" icon={PencilLine} className="mb-4">
      <span data-testid="drafts-here">{t('signOut.drafts', { count: drafts.length })}</span>
    </Notice>
  );
}

function UnsentDialog({
  open,
  onOpenChange,
  count,
  drafts,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  count: number;
  drafts: readonly DraftEntry[];
}) {
  const { t } = useTranslation('shell');
  const pending = usePending();
  const problems = useProblems();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const [typed, setTyped] = useState('');
  const online = useOnline();
  // Sending settles what waits, not what the server has already turned down.
  const blocked = problems.length > 0 ? t('signOut.problemsFirst') : online ? null : t('signOut.offline');
  const sync = async (): Promise<void> => {
    setBusy(true);
    saveDrafts(drafts);
    const answer = await session.getState().signOut('sync');
    setBusy(false);
    setFailed(!answer.ok);
  };
  const saveAndLeave = async (): Promise<void> => {
    saveText('growthos-unsent.txt', unsentAsText(pending, problems, drafts));
    await session.getState().signOut('discard');
  };
  return (
    <Dialog
      name="sign-out"
      open={open}
      // It cannot be taken back half way: the dialog stays until it has worked or not.
      onOpenChange={(next) => !busy && onOpenChange(next)}
      title={t('signOut.unsentTitle', { count })}
      description={t('signOut.unsentText')}
      footer={
        <>
          <Button onClick={() => void saveAndLeave()} data-testid="btn-save-and-sign-out">
            {t('signOut.saveCopy')}
          </Button>
          <Button
            variant="primary"
            busy={busy}
            reason={blocked}
            onClick={() => void sync()}
            data-testid="btn-sync-and-sign-out"
          >
            {t('signOut.syncFirst')}
          </Button>
        </>
      }
    >
      <DraftsNotice drafts={drafts} />
      {failed && (
        <Notice tone="warn" icon={TriangleAlert} className="mb-4">
          {t('signOut.notSent')}
        </Notice>
      )}
      <div className="flex items-end gap-2">
        <FormField name="discard" label={t('signOut.discardLabel')} className="flex-1">
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </FormField>
        <Button
          variant="destructive"
          reason={typed === 'DISCARD' ? null : t('signOut.discardReason')}
          onClick={() => void session.getState().signOut('discard')}
          data-testid="btn-discard-and-sign-out"
        >
          {t('signOut.discard')}
        </Button>
      </div>
    </Dialog>
  );
}
