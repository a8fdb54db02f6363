import { BadgeCheck, Download, ReceiptText, TriangleAlert } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Receipt } from '#contract/rules/receipts.ts';
import type { Submission } from '#contract/tables/submissions.ts';
import { useRows } from '../../../data/index.ts';
import {
  Button,
  CopyButton,
  Dialog,
  Disclosure,
  Facts,
  Notice,
  saveText,
  TimeText,
  toast,
  useOfflineReason,
  type Tone,
} from '../../../ui/index.ts';
import { askServer, isSameWork, readReceipt } from '../receipt.ts';

type Props = { attempt: Pick<Submission, 'receipt' | 'content' | 'links' | 'file_ids'>; name: string };

/** Opens the server's receipt of an attempt; nothing where there is none yet. */
export function ReceiptButton({ attempt, name }: Props) {
  const { t } = useTranslation('assignments');
  const [open, setOpen] = useState(false);
  const receipt = attempt.receipt ? readReceipt(attempt.receipt) : null;
  if (!receipt || !attempt.receipt) return null;
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        icon={ReceiptText}
        onClick={() => setOpen(true)}
        data-testid={`btn-receipt-${receipt.version}`}
      >
        {t('receipt.button')}
      </Button>
      {open && (
        <ReceiptDialog
          token={attempt.receipt}
          receipt={receipt}
          attempt={attempt}
          name={name}
          close={() => setOpen(false)}
        />
      )}
    </>
  );
}

type DialogProps = Props & { token: string; receipt: Receipt; close: () => void };

function ReceiptDialog({ token, receipt, attempt, name, close }: DialogProps) {
  const { t } = useTranslation('assignments');
  const here = useSameHere(receipt, attempt);
  const lines = useReceiptLines(receipt, name);
  const text = `${lines.map(({ label, text: value }) => `${label}: ${value}`).join('\n')}\n\n${token}\n`;
  return (
    <Dialog
      name="receipt"
      open
      onOpenChange={close}
      title={t('receipt.title')}
      description={t('receipt.what')}
      footer={
        <>
          <CopyButton size="md" text={text} label={t('receipt.copy')} />
          <Button
            icon={Download}
            onClick={() => saveText(`growthos-receipt-${receipt.code}.txt`, text)}
            data-testid="btn-save-receipt"
          >
            {t('receipt.save')}
          </Button>
        </>
      }
    >
      <Facts items={lines.map(({ label, shown }) => ({ label, value: shown }))} />
      <div className="mt-4 flex flex-col gap-3">
        {here === false && (
          <Notice tone="warn" icon={TriangleAlert}>
            {t('receipt.differsHere')}
          </Notice>
        )}
        <Verification token={token} sameHere={here === true} />
        <Disclosure title={t('receipt.signature')}>
          <p className="px-2 font-mono text-caption break-all text-muted" data-testid="receipt-token">
            {token}
          </p>
        </Disclosure>
      </div>
    </Dialog>
  );
}

/** Whether this device holds the very work of the receipt; null until it was looked at. */
function useSameHere(receipt: Receipt, attempt: Props['attempt']): boolean | null {
  const files = useRows('files', { id: { $in: attempt.file_ids } });
  const [same, setSame] = useState<boolean | null>(null);
  useEffect(() => {
    if (!files) return;
    const named = attempt.file_ids.map((id) => ({ id, sha256: files.find((file) => file.id === id)?.sha256 ?? '' }));
    let isCurrent = true;
    void isSameWork(receipt, { content: attempt.content, links: attempt.links, files: named }).then((answer) => {
      if (isCurrent) setSame(answer);
    });
    return () => void (isCurrent = false);
  }, [receipt, attempt, files]);
  return same;
}

type ReceiptLine = { label: string; text: string; shown: ReactNode };

/** What the receipt says, once for the eye and once for a file. */
function useReceiptLines(receipt: Receipt, name: string): ReceiptLine[] {
  const { t } = useTranslation('assignments');
  const time = (label: string, at: string): ReceiptLine => ({
    label,
    text: at,
    shown: <TimeText at={at} style="exact" />,
  });
  const { from, to } = receipt.device_time;
  return [
    { label: t('receipt.code'), text: receipt.code, shown: <b className="tabular">{receipt.code}</b> },
    { label: t('assignment'), text: name, shown: name },
    { label: t('receipt.attempt'), text: String(receipt.version), shown: receipt.version },
    time(t('receipt.received'), receipt.received_at),
    from === to
      ? time(t('receipt.handedIn'), from)
      : {
          label: t('receipt.handedInBetween'),
          text: `${from} – ${to}`,
          shown: (
            <>
              <TimeText at={from} style="exact" /> – <TimeText at={to} style="exact" />
            </>
          ),
        },
    time(t('receipt.counts'), receipt.handed_in_at),
    {
      label: t('receipt.inTime'),
      text: receipt.is_late ? t('receipt.late') : t('receipt.onTime'),
      shown: receipt.is_late ? t('receipt.late') : t('receipt.onTime'),
    },
    {
      label: t('receipt.hash'),
      text: receipt.sha256,
      shown: <span className="font-mono text-caption break-all">{receipt.sha256}</span>,
    },
  ];
}

type Answer = 'same' | 'changed' | 'unseen' | 'forged';
const tones: Record<Answer, Tone> = { same: 'ok', changed: 'warn', unseen: 'info', forged: 'bad' };

function Verification({ token, sameHere }: { token: string; sameHere: boolean }) {
  const { t } = useTranslation('assignments');
  const offline = useOfflineReason();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const ask = async (): Promise<void> => {
    setBusy(true);
    try {
      const told = await askServer(token);
      if (!told) return void toast.failed(t('receipt.notAsked'));
      setAnswer(told.valid ? (told.work ?? 'unseen') : 'forged');
    } finally {
      setBusy(false);
    }
  };
  if (answer)
    return (
      <Notice tone={tones[answer]} icon={answer === 'same' ? BadgeCheck : TriangleAlert}>
        <span role="status" data-testid="receipt-answer">
          {t(`receipt.answer.${answer}`)}
        </span>
      </Notice>
    );
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button
        size="sm"
        icon={BadgeCheck}
        busy={busy}
        reason={offline}
        onClick={() => void ask()}
        data-testid="btn-verify-receipt"
      >
        {t('receipt.verify')}
      </Button>
      {sameHere && (
        <span className="text-dense text-muted" data-testid="receipt-same-here">
          {t('receipt.sameHere')}
        </span>
      )}
    </div>
  );
}
