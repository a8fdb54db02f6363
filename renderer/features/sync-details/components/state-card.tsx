import { CloudCheck, CloudOff, HardDrive, Lock, RefreshCw, TriangleAlert, WifiOff, ArrowUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useReplica, useSyncState, type SyncStatus } from '../../../data/index.ts';
import { Button, Card, Icon, TimeText, toneSoft, cx, type LucideIcon, type Tone } from '../../../ui/index.ts';

const looks: Record<SyncStatus, { icon: LucideIcon; tone: Tone }> = {
  expired: { icon: Lock, tone: 'warn' },
  problem: { icon: TriangleAlert, tone: 'bad' },
  full: { icon: HardDrive, tone: 'bad' },
  outdated: { icon: RefreshCw, tone: 'warn' },
  unreachable: { icon: CloudOff, tone: 'off' },
  offline: { icon: WifiOff, tone: 'off' },
  preparing: { icon: RefreshCw, tone: 'info' },
  syncing: { icon: RefreshCw, tone: 'info' },
  waiting: { icon: ArrowUp, tone: 'info' },
  uptodate: { icon: CloudCheck, tone: 'ok' },
};

/** The state in one sentence, when it was last good, and the button that tries now. */
export function StateCard() {
  const { t } = useTranslation('sync-details');
  const state = useSyncState();
  const replica = useReplica();
  const { icon, tone } = looks[state.status];
  return (
    <Card className="flex flex-wrap items-center gap-4 p-5" data-testid="sync-state" data-state={state.status}>
      <span className={cx('flex size-11 shrink-0 items-center justify-center rounded-full', toneSoft[tone])}>
        <Icon of={icon} size={20} />
      </span>
      <div className="min-w-60 flex-1">
        <p className="text-section font-semibold">
          {t(state.outdated === 'server' ? 'state.serverOutdated' : `state.${state.status}`)}
        </p>
        <p className="text-muted">
          {t('state.last')} <TimeText at={state.lastSyncAt} />
          {state.nextTryAt && state.status !== 'uptodate' && (
            <>
              {' · '}
              {t('state.next')} <TimeText at={state.nextTryAt} upcoming />
            </>
          )}
        </p>
      </div>
      <Button
        variant="primary"
        icon={RefreshCw}
        keys="mod+shift+s"
        onClick={() => replica.syncNow()}
        data-testid="btn-sync-now"
      >
        {t('state.now')}
      </Button>
    </Card>
  );
}
