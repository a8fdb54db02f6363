import { Download, PackageOpen } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHeldWork, useReplica, type HeldPiece } from '../../../data/index.ts';
import { NetworkError } from '../../../platform/index.ts';
import { Button, CopyButton, Notice, saveText, Spinner, TimeText, toast } from '../../../ui/index.ts';
import { useDescribe } from '../describe.ts';

type Read = HeldPiece[] | 'reading' | 'offline' | 'failed';

/** Work that was kept when this device was signed out: to be read, copied, saved, and put back where it was. */
export function KeptWork() {
  const { t } = useTranslation('sync-details');
  const replica = useReplica();
  const held = useHeldWork();
  const [read, setRead] = useState<Read>('reading');
  const [busy, setBusy] = useState(false);
  const open = useCallback((): void => {
    setRead('reading');
    replica.readHeld().then(setRead, (error: unknown) => setRead(error instanceof NetworkError ? 'offline' : 'failed'));
  }, [replica]);
  useEffect(open, [open]);
  if (!held) return null;
  const putBack = async (): Promise<void> => {
    setBusy(true);
    try {
      await replica.restoreHeld();
      toast.done(t('kept.done'));
    } catch (error) {
      toast.failed(t(error instanceof NetworkError ? 'kept.offline' : 'kept.failed'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="rounded-card border bg-surface p-5" data-testid="kept-work">
      <p className="max-w-[70ch]">{t('kept.text')}</p>
      {read === 'reading' && (
        <p className="mt-4 flex items-center gap-2 text-muted" role="status">
          <Spinner /> {t('kept.reading')}
        </p>
      )}
      {(read === 'offline' || read === 'failed') && (
        <Notice tone="warn" icon={PackageOpen} className="mt-4">
          {t(`kept.${read}`)}
        </Notice>
      )}
      {typeof read !== 'string' && (
        <ul className="mt-4 flex flex-col gap-4">
          {read.map((piece) => (
            <Piece key={piece.key} piece={piece} />
          ))}
        </ul>
      )}
      <footer className="mt-5 flex flex-wrap gap-2">
        {typeof read === 'string' ? (
          <Button onClick={open} reason={read === 'reading' ? t('kept.reading') : null} data-testid="btn-read-kept">
            {t('kept.again')}
          </Button>
        ) : (
          <Button variant="primary" busy={busy} onClick={() => void putBack()} data-testid="btn-put-back">
            {t('kept.putBack')}
          </Button>
        )}
        {typeof read !== 'string' && (
          <Button
            icon={Download}
            onClick={() => saveText('growthos-kept.txt', read.map(({ text }) => text).join('\n\n---\n\n'))}
            data-testid="btn-save-text"
          >
            {t('saveText')}
          </Button>
        )}
      </footer>
    </div>
  );
}

function Piece({ piece }: { piece: HeldPiece }) {
  const { t } = useTranslation('sync-details');
  const describe = useDescribe();
  const { what, about } = piece.type
    ? describe(piece.type, '', piece.columns)
    : { what: t(piece.kind === 'draft' ? 'kept.draft' : 'types.other'), about: '' };
  return (
    <li className="rounded-control border p-4" data-testid="kept-piece">
      <div className="flex items-start gap-3">
        <h3 className="min-w-0 flex-1 text-reading" dir="auto">
          {[what, about].filter(Boolean).join(' · ')}
        </h3>
        <TimeText at={piece.at} className="text-dense text-muted" />
        {piece.text && <CopyButton text={piece.text} label={t('copyText')} />}
      </div>
      {piece.text && (
        <pre
          tabIndex={0}
          dir="auto"
          className="mt-3 max-h-60 overflow-auto rounded-control bg-subtle p-3 font-sans break-words whitespace-pre-wrap select-text"
        >
          {piece.text}
        </pre>
      )}
      {piece.files.length > 0 && (
        <p className="mt-2 text-dense text-muted" dir="auto">
          {t('files')}: {piece.files.join(', ')}
        </p>
      )}
    </li>
  );
}
