import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { toneSoft, type Tone } from './badge.tsx';
import { cx } from './cx.ts';
import { IconButton } from './icon-button.tsx';
import { Icon, type LucideIcon } from './icon.tsx';

/** One line across the window under the title bar. */
export function Banner({
  tone,
  icon,
  children,
  action,
  onDismiss,
  testId,
}: {
  tone: Tone;
  icon: LucideIcon;
  children: ReactNode;
  action?: ReactNode;
  onDismiss?: () => void;
  testId?: string;
}) {
  const { t } = useTranslation('ui');
  return (
    <div
      role="status"
      data-testid={testId}
      className={cx('flex min-h-11 items-center gap-3 px-4 py-1.5', toneSoft[tone])}
    >
      <Icon of={icon} />
      <p className="min-w-0 flex-1 font-medium">{children}</p>
      {action}
      {onDismiss && <IconButton icon={X} label={t('dismiss')} size="sm" onClick={onDismiss} className="text-current" />}
    </div>
  );
}

/** The same inside a page, for something that concerns only this page. */
export function Notice({
  tone,
  icon,
  children,
  action,
  className,
}: {
  tone: Tone;
  icon: LucideIcon;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div
      role="note"
      className={cx(
        'flex gap-3 rounded-card px-4 py-3',
        action ? 'items-center' : 'items-start',
        toneSoft[tone],
        className,
      )}
    >
      <Icon of={icon} className={action ? undefined : 'mt-0.5'} />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}
