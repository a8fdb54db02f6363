import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { IconButton } from './icon-button.tsx';

const useSlot = create<{ node: HTMLElement | null }>(() => ({ node: null }));

/** The place at the window's end where a page's side panel goes; the shell renders it once. */
export function SidePanelSlot({ className }: { className?: string }) {
  return <div ref={(node) => useSlot.setState({ node })} className={className} />;
}

/** Detail beside a page, 420 px; below 1100 px it lies over the page. Esc and the cross close it; focus returns to the opener. */
export function SidePanel({
  title,
  onClose,
  children,
  footer,
  testId,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  testId?: string;
}) {
  const { t } = useTranslation('ui');
  const { node } = useSlot();
  const titleId = useId();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    panel.current?.focus();
    return () => opener?.focus();
  }, [node]);
  if (!node) return null;
  return createPortal(
    <aside
      ref={panel}
      tabIndex={-1}
      aria-labelledby={titleId}
      data-testid={testId}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
      className="absolute inset-y-0 end-0 z-20 flex w-[420px] max-w-full flex-col border-s bg-surface shadow-float outline-none animate-panel min-[1100px]:static min-[1100px]:shadow-none"
    >
      <header className="flex h-14 shrink-0 items-center gap-3 border-b ps-5 pe-3">
        <h2 id={titleId} className="min-w-0 flex-1 clip-line text-reading">
          {title}
        </h2>
        <IconButton icon={X} label={t('close')} onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-5">{children}</div>
      {footer && <footer className="flex justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
    </aside>,
    node,
  );
}
