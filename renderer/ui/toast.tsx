import { Toaster as Sonner, toast as sonner } from 'sonner';
import { useTranslation } from 'react-i18next';

/**
 * Says what the user cannot see. `undo` gives 8 s to take it back.
 * Failures that belong to a panel are shown in the panel, not here.
 */
export const toast = {
  done: (text: string, undo?: { label: string; run: () => void }): void => {
    sonner(text, {
      testId: 'toast',
      duration: undo ? 8000 : 4000,
      action: undo ? { label: undo.label, onClick: undo.run } : undefined,
    });
  },
  /** The same once more takes the place of the first: what fails again and again must not cover the screen. */
  failed: (text: string): void => {
    sonner.error(text, { id: text, testId: 'toast', duration: 8000 });
  },
};

export function Toaster() {
  const { t } = useTranslation('ui');
  return (
    <Sonner
      position="bottom-right"
      containerAriaLabel={t('notices')}
      closeButton
      // The library names a font of its own.
      style={{ fontFamily: 'inherit' }}
      toastOptions={{
        unstyled: true,
        closeButtonAriaLabel: t('close'),
        classNames: {
          toast: 'flex w-[356px] items-center gap-3 rounded-card border bg-surface px-4 py-3 text-ink shadow-float',
          content: 'flex-1 min-w-0',
          title: 'text-base',
          error: '[&_[data-icon]]:text-bad',
          actionButton: 'h-7 shrink-0 rounded-control px-2 text-dense font-medium text-primary-ink hover:bg-subtle',
          closeButton:
            'order-last flex size-6 shrink-0 items-center justify-center rounded-control text-muted hover:bg-subtle [&_svg]:size-3.5',
        },
      }}
    />
  );
}
