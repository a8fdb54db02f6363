import { Bell as BellIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../data/index.ts';
import { IconButton, Popover } from '../ui/index.ts';
import { useShellParts } from './screens-context.tsx';

/** The bell with its count of unread notifications, which stops at 9+. */
export function Bell({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('shell');
  const { BellPanel } = useShellParts();
  const unread = useRows('notifications', { read_at: null, dismissed_at: null })?.length ?? 0;
  return (
    <Popover
      open={open}
      onOpenChange={onOpenChange}
      label={t('bell.panel')}
      className="w-[380px]"
      trigger={
        <IconButton
          icon={BellIcon}
          label={unread ? t('bell.unread', { count: unread }) : t('bell.none')}
          keys="mod+."
          data-testid="btn-bell"
          data-count={unread}
        >
          {unread > 0 && (
            <span
              aria-hidden="true"
              data-shown={unread > 9 ? '9+' : unread}
              className="absolute -end-0.5 -top-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-primary px-1 text-[10px] leading-none font-medium text-on-primary tabular before:content-[attr(data-shown)]"
            />
          )}
        </IconButton>
      }
    >
      <BellPanel close={() => onOpenChange(false)} />
    </Popover>
  );
}
