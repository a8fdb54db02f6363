import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

/** What failed, in the panel where it failed: plain words, a way to try again, and the facts to hand on. */
export function ErrorPanel({
  title,
  children,
  onRetry,
  details,
  className,
}: {
  title: string;
  children?: ReactNode;
  onRetry?: () => void;
  /** Request id, time, app version: what support will ask for. */
  details?: string;
  className?: string;
}) {
  const { t } = useTranslation('ui');
  return (
    <div role="alert" className={cx('flex items-start gap-3 rounded-card border bg-surface p-4', className)}>
      <Icon of={CircleAlert} size={20} className="text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children && <div className="mt-1 text-muted">{children}</div>}
        {(onRetry || details) && (
          <div className="mt-3 flex flex-wrap gap-2">
            {onRetry && (
              <Button size="sm" onClick={onRetry} data-testid="btn-retry">
                {t('tryAgain')}
              </Button>
            )}
            {details && <CopyButton text={details} label={t('copyDetails')} />}
          </div>
        )}
      </div>
    </div>
  );
}
