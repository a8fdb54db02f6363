import { FileQuestion, WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReplica, type DocOf } from '../../../data/index.ts';
import { EmptyState, Skeleton } from '../../../ui/index.ts';

type Shown = { state: 'loading' } | { state: 'unreachable' } | { state: 'ready'; url: string; text: string | null };

/** Shows a file where it can be shown safely: pictures, PDF, text and video; others are opened with their own program. */
export function FilePreview({ file }: { file: DocOf<'files'> }) {
  const { t } = useTranslation('mentor');
  const replica = useReplica();
  const [shown, setShown] = useState<Shown>({ state: 'loading' });
  const kind = kindOf(file.mime);
  useEffect(() => {
    let current = true;
    let blob: string | null = null;
    const load = async (): Promise<void> => {
      const url = kind === 'other' ? null : await replica.fileUrl(file.id);
      if (!url)
        return void (current && setShown({ state: kind === 'other' ? 'ready' : 'unreachable', url: '', text: null }));
      // Read into memory: an address of the server cannot stand in a frame, and a blob has no origin to run anything in.
      const bytes = await (await fetch(url)).blob();
      blob = url.startsWith('blob:') ? url : URL.createObjectURL(new Blob([bytes], { type: safeType(file.mime) }));
      const text = kind === 'text' ? (await bytes.text()).slice(0, 200_000) : null;
      if (current) setShown({ state: 'ready', url: blob, text });
    };
    setShown({ state: 'loading' });
    load().catch(() => current && setShown({ state: 'unreachable' }));
    return () => {
      current = false;
      if (blob) URL.revokeObjectURL(blob);
    };
  }, [replica, file.id, file.status, kind, file.mime]);

  if (shown.state === 'loading') return <Skeleton className="h-64 w-full rounded-card" />;
  if (shown.state === 'unreachable')
    return (
      <EmptyState icon={WifiOff} title={t('preview.unreachable')}>
        {t('preview.unreachableText')}
      </EmptyState>
    );
  const label = t('preview.of', { name: file.original_name });
  return (
    <div data-testid="file-preview" data-kind={kind}>
      {kind === 'image' && (
        <img src={shown.url} alt={label} className="max-h-[640px] rounded-card border bg-subtle object-contain" />
      )}
      {kind === 'pdf' && (
        <iframe src={shown.url} title={label} className="h-[640px] w-full rounded-card border bg-surface" />
      )}
      {kind === 'video' && (
        <video src={shown.url} controls aria-label={label} className="max-h-[480px] w-full rounded-card bg-black" />
      )}
      {kind === 'text' && (
        <pre
          tabIndex={0}
          className="max-h-[480px] overflow-auto rounded-card border bg-surface p-4 font-mono text-dense whitespace-pre-wrap"
          dir="auto"
        >
          {shown.text}
        </pre>
      )}
      {kind === 'other' && (
        <EmptyState icon={FileQuestion} title={t('preview.none')}>
          {t('preview.noneText')}
        </EmptyState>
      )}
    </div>
  );
}

type Kind = 'image' | 'pdf' | 'video' | 'text' | 'other';
function kindOf(mime: string): Kind {
  if (/^image\/(png|jpeg|gif|webp)$/.test(mime)) return 'image';
  if (mime === 'application/pdf') return 'pdf';
  if (mime === 'video/mp4' || mime === 'video/webm') return 'video';
  return mime === 'text/plain' ? 'text' : 'other';
}
/** Never a type that a browser would run. */
const safeType = (mime: string): string => (kindOf(mime) === 'text' ? 'text/plain' : mime);
