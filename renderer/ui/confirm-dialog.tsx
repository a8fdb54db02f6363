import { AlertDialog as A } from 'radix-ui';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { scrimLook } from './dialog.tsx';

export type ConfirmDialogProps = {
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Says the consequence and names who or what it touches. */
  description: ReactNode;
  /** A verb with its object: *Discard change*. */
  confirm: string;
  cancel?: string;
  destructive?: boolean;
  /** May be slow; the dialog closes when it resolves and stays when it throws. */
  onConfirm: () => void | Promise<void>;
  children?: ReactNode;
};

/** Asks once before something that cannot be undone. The focus starts on Cancel. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    name,
    open,
    onOpenChange,
    title,
    description,
    confirm,
    cancel,
    destructive = true,
    onConfirm,
    children,
  } = props;
  const { t } = useTranslation('ui');
  const cancelRef = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await onConfirm();
      onOpenChange(false);
    } finally {
      setBusy(false);
    }
  };
  return (
    <A.Root open={open} onOpenChange={onOpenChange}>
      <A.Portal>
        <A.Overlay className={scrimLook} />
        <A.Content
          data-testid={`dialog-${name}`}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            cancelRef.current?.focus();
          }}
          className={cx(
            'fixed inset-0 z-40 m-auto h-fit max-h-[calc(100vh-64px)] w-[calc(100vw-64px)] max-w-[440px] overflow-y-auto rounded-card border bg-surface p-6 shadow-float animate-fade outline-none',
          )}
        >
          <A.Title className="text-section">{title}</A.Title>
          <A.Description className="mt-2 text-muted">{description}</A.Description>
          {children && <div className="mt-4">{children}</div>}
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <A.Cancel asChild>
              <Button ref={cancelRef} data-testid="btn-cancel">
                {cancel ?? t('cancel')}
              </Button>
            </A.Cancel>
            <Button
              variant={destructive ? 'destructive' : 'primary'}
              busy={busy}
              onClick={() => void run()}
              data-testid="btn-confirm"
            >
              {confirm}
            </Button>
          </div>
        </A.Content>
      </A.Portal>
    </A.Root>
  );
}
