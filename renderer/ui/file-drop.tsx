import { Paperclip } from 'lucide-react';
import { useId, useRef, useState, type ClipboardEvent, type DragEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { cx } from './cx.ts';

const filesOf = (transfer: DataTransfer): File[] =>
  [...transfer.items]
    .filter((item) => item.kind === 'file' && !item.webkitGetAsEntry?.()?.isDirectory)
    .map((item) => item.getAsFile())
    .filter((file): file is File => file !== null);

/** A panel that takes files by drop, by paste and by a button. Checking type and size is the caller's. */
export function FileDrop({
  onFiles,
  accept,
  multiple = true,
  help,
  disabledReason = null,
  children,
  className,
}: {
  onFiles: (files: File[]) => void;
  /** As `<input accept>` takes it. */
  accept?: string;
  multiple?: boolean;
  help?: ReactNode;
  disabledReason?: string | null;
  children?: ReactNode;
  className?: string;
}) {
  const { t } = useTranslation('ui');
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const helpId = useId();
  const take = (files: File[]): void => {
    if (!disabledReason && files.length > 0) onFiles(multiple ? files : files.slice(0, 1));
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(filesOf(event.dataTransfer));
  };
  const paste = (event: ClipboardEvent): void => {
    const files = filesOf(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    take(files);
  };
  return (
    <div
      role="group"
      aria-label={t('files.group')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabledReason);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onPaste={paste}
      className={cx(
        'rounded-card border border-dashed p-4 transition-colors',
        over ? 'border-primary bg-primary-soft' : 'border-control',
        className,
      )}
    >
      {children}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          icon={Paperclip}
          reason={disabledReason}
          aria-describedby={helpId}
          onClick={() => input.current?.click()}
          data-testid="btn-attach"
        >
          {t('files.attach')}
        </Button>
        <p id={helpId} className="text-dense text-muted">
          {over ? t('files.drop') : (help ?? t('files.orDrop'))}
        </p>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        tabIndex={-1}
        accept={accept}
        multiple={multiple}
        data-testid="field-files"
        onChange={(event) => {
          take([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </div>
  );
}
