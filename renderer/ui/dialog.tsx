import { X } from 'lucide-react';
import { Dialog as D } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from './cx.ts';
import { IconButton } from './icon-button.tsx';

export type DialogProps = {
  /** `data-testid` becomes `dialog-<name>`. */
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** The buttons, ghost first, the one that acts last. */
  footer?: ReactNode;
  children?: ReactNode;
  width?: 'sm' | 'md';
  /** Where the focus starts; by default the first control. */
  onOpenAutoFocus?: (event: Event) => void;
};

/** Starts in the first field; without one on the dialog itself, so that no button is pressed by accident. */
const focusFirstField = (event: Event): void => {
  event.preventDefault();
  const content = event.currentTarget as HTMLElement;
  const field = content.querySelector<HTMLElement>(
    'input:not([readonly]):not([type=hidden]), textarea:not([readonly])',
  );
  (field ?? content).focus();
};

export const scrimLook = 'fixed inset-0 z-40 bg-scrim animate-fade';

/** Asks one thing, 560 px at most; anything longer is a side panel or a page. */
export function Dialog({
  name,
  open,
  onOpenChange,
  title,
  description,
  footer,
  children,
  width = 'md',
  onOpenAutoFocus,
}: DialogProps) {
  const { t } = useTranslation('ui');
  return (
    <D.Root open={open} onOpenChange={onOpenChange}>
      <D.Portal>
        <D.Overlay className={scrimLook} />
        <D.Content
          data-testid={`dialog-${name}`}
          onOpenAutoFocus={onOpenAutoFocus ?? focusFirstField}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cx(
            'fixed inset-0 z-40 m-auto flex h-fit max-h-[calc(100vh-64px)] w-[calc(100vw-64px)] flex-col rounded-card border bg-surface shadow-float animate-fade outline-none',
            width === 'sm' ? 'max-w-[420px]' : 'max-w-[560px]',
          )}
        >
          <div className="flex items-start gap-4 p-6 pb-0">
            <div className="min-w-0 flex-1">
              <D.Title className="text-section">{title}</D.Title>
              {description && <D.Description className="mt-1 text-muted">{description}</D.Description>}
            </div>
            <D.Close asChild>
              <IconButton icon={X} label={t('close')} className="-me-2 -mt-1" />
            </D.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto p-6 pt-4">{children}</div>
          {footer && <div className="flex flex-wrap justify-end gap-2 border-t px-6 py-4">{footer}</div>}
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}
