import { Check, CloudUpload, GitCompare, Hourglass, LoaderCircle, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { cx } from './cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';
import { Tooltip } from './tooltip.tsx';

export type SyncBadgeState = 'waiting' | 'sending' | 'accepted' | 'attention' | 'conflict' | 'provisional';

const looks: Record<SyncBadgeState, { icon: LucideIcon; className: string }> = {
  waiting: { icon: CloudUpload, className: 'text-muted' },
  sending: { icon: LoaderCircle, className: 'text-info [&_svg]:animate-spin' },
  accepted: { icon: Check, className: 'text-ok' },
  attention: { icon: TriangleAlert, className: 'text-bad' },
  conflict: { icon: GitCompare, className: 'text-warn' },
  provisional: { icon: Hourglass, className: 'text-info' },
};

/** Where something the user made is on its way to the server; null shows nothing. In rows the words are hidden, on pages shown. */
export function SyncBadge({
  state,
  words = false,
  percent,
}: {
  state: SyncBadgeState | null;
  words?: boolean;
  percent?: number;
}) {
  const { t } = useTranslation('ui');
  if (!state) return null;
  const { icon, className } = looks[state];
  const text =
    percent !== undefined && state === 'sending' ? t('sync.sendingPercent', { percent }) : t(`sync.${state}`);
  return (
    <Tooltip text={t(`sync.${state}Help`)}>
      <span
        tabIndex={words ? undefined : 0}
        role="img"
        aria-label={text}
        data-testid={`badge-sync-${state}`}
        className={cx('inline-flex shrink-0 items-center gap-1 rounded-[4px] text-caption', className)}
      >
        <Icon of={icon} />
        {words && <span aria-hidden="true">{text}</span>}
      </span>
    </Tooltip>
  );
}
