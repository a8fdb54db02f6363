import { File as FileIcon, FileArchive, FileImage, FileText, FileVideo, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from './cx.ts';
import { formatBytes } from './format-time.ts';
import { IconButton } from './icon-button.tsx';
import { Icon, type LucideIcon } from './icon.tsx';
import { Progress } from './progress.tsx';

export type FileEntry = {
  id: string;
  name: string;
  bytes: number;
  mime: string;
  /** Words at the end of the line: *will upload*, *ready*. */
  note?: ReactNode;
  /** 0..1 while it uploads. */
  share?: number | null;
};

const iconOf = (mime: string): LucideIcon => {
  if (mime.startsWith('image/')) return FileImage;
  if (mime.startsWith('video/')) return FileVideo;
  if (/zip|compressed/.test(mime)) return FileArchive;
  return /pdf|text|word|document|sheet|presentation/.test(mime) ? FileText : FileIcon;
};

/** Files with size and state; a name is a button when it can be opened. */
export function FileList({
  files,
  onOpen,
  onRemove,
  actions,
  className,
}: {
  files: readonly FileEntry[];
  onOpen?: (id: string) => void;
  onRemove?: (id: string) => void;
  actions?: (file: FileEntry) => ReactNode;
  className?: string;
}) {
  const { t } = useTranslation('ui');
  if (files.length === 0) return null;
  return (
    <ul className={cx('divide-y divide-line rounded-card border bg-surface', className)}>
      {files.map((file) => (
        <li key={file.id} data-testid={`file-${file.name}`} className="flex min-h-11 items-center gap-3 px-3 py-1.5">
          <Icon of={iconOf(file.mime)} className="text-muted" />
          <div className="min-w-0 flex-1">
            {onOpen ? (
              <button
                type="button"
                onClick={() => onOpen(file.id)}
                className="block max-w-full clip-line rounded-[4px] text-start hover:underline"
                dir="auto"
              >
                {file.name}
              </button>
            ) : (
              <span className="block clip-line" dir="auto">
                {file.name}
              </span>
            )}
            {typeof file.share === 'number' && (
              <Progress value={file.share * 100} label={t('files.uploading', { name: file.name })} className="mt-1" />
            )}
          </div>
          {file.note && <span className="text-dense text-muted">{file.note}</span>}
          <span className="text-dense text-muted tabular">{formatBytes(file.bytes)}</span>
          {actions?.(file)}
          {onRemove && (
            <IconButton
              icon={X}
              size="sm"
              label={t('files.remove', { name: file.name })}
              onClick={() => onRemove(file.id)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
