import { ArrowUp, CloudCheck, CloudOff, HardDrive, Lock, RefreshCw, TriangleAlert, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSyncState, type SyncState, type SyncStatus } from '../data/index.ts';
import { paths } from '../platform/links.ts';
import {
  cx,
  formatRelative,
  Icon,
  ProgressRing,
  Spinner,
  toneSoft,
  Tooltip,
  useLate,
  useNow,
  type LucideIcon,
  type Tone,
} from '../ui/index.ts';

/** The seven states that others wait for (screens §6); full disk and silent server are shades of two of them. */
const publicState: Record<SyncStatus, string> = {
  expired: 'expired',
  problem: 'problem',
  full: 'problem',
  outdated: 'offline',
  unreachable: 'offline',
  offline: 'offline',
  preparing: 'preparing',
  syncing: 'syncing',
  waiting: 'waiting',
  uptodate: 'uptodate',
};

const day = 86_400_000;
const icons: Partial<Record<SyncStatus, LucideIcon>> = {
  expired: Lock,
  problem: TriangleAlert,
  full: HardDrive,
  outdated: RefreshCw,
  unreachable: CloudOff,
  offline: WifiOff,
  waiting: ArrowUp,
  uptodate: CloudCheck,
};

const toneOf = (shown: SyncStatus, state: SyncState, now: Date): Tone | null => {
  switch (shown) {
    case 'expired':
      return 'warn';
    case 'problem':
    case 'full':
      return 'bad';
    case 'outdated':
    case 'unreachable':
    case 'offline':
      return 'off';
    case 'waiting':
      return state.oldestWaitingAt && now.getTime() - state.oldestWaitingAt.getTime() > day ? 'warn' : 'info';
    case 'preparing':
    case 'syncing':
      return 'info';
    case 'uptodate':
      return null;
  }
};

const share = (state: SyncState): number =>
  state.progress?.expected ? Math.min(1, state.progress.applied / state.progress.expected) : 0;

/** The state of this device towards the server, always in view; leads to Sync details. */
export function SyncPill() {
  const { t } = useTranslation('shell');
  const state = useSyncState();
  const now = useNow();
  // Syncing shows only when it lasts, so that the pill does not flicker.
  const lasts = useLate(state.status === 'syncing', 800);
  const shown: SyncStatus =
    state.status === 'syncing' && !lasts ? (state.waiting > 0 ? 'waiting' : 'uptodate') : state.status;
  const tone = toneOf(shown, state, now);
  const last = state.lastSyncAt ? formatRelative(state.lastSyncAt, now) : t('pill.never');
  const words: Record<SyncStatus, string> = {
    expired: t('pill.expired'),
    problem: t('pill.problem', { count: state.problems }),
    full: t('pill.full'),
    outdated: t(state.outdated === 'server' ? 'pill.serverOutdated' : 'pill.outdated'),
    unreachable: state.waiting ? t('pill.unreachableWaiting', { count: state.waiting }) : t('pill.unreachable'),
    offline: state.waiting ? t('pill.offlineWaiting', { count: state.waiting }) : t('pill.offline'),
    preparing: t('pill.preparing', { percent: Math.floor(share(state) * 100) }),
    syncing: state.waiting ? t('pill.syncingCount', { count: state.waiting }) : t('pill.syncing'),
    waiting: t('pill.waiting', { count: state.waiting }),
    uptodate: t('pill.uptodate', { last }),
  };
  const drawing: ReactNode =
    shown === 'preparing' ? (
      <ProgressRing share={share(state)} />
    ) : shown === 'syncing' ? (
      <Spinner />
    ) : (
      <Icon of={icons[shown] ?? CloudCheck} />
    );
  return (
    <>
      <Tooltip text={shown === 'uptodate' ? words.uptodate : t('pill.help', { last })}>
        <Link
          to={paths.sync}
          data-pill
          data-testid="sync-pill"
          data-state={publicState[state.status]}
          data-count={state.waiting}
          aria-label={t('pill.label', { words: words[shown] })}
          className={cx(
            'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-dense font-medium no-underline tabular transition-colors duration-[120ms]',
            tone ? toneSoft[tone] : 'text-muted hover:bg-subtle',
          )}
        >
          {drawing}
          {shown !== 'uptodate' && (
            <span aria-hidden="true" className="hidden min-[640px]:inline">
              {words[shown]}
            </span>
          )}
        </Link>
      </Tooltip>
      <span role="status" className="sr-only">
        {t(`pill.state.${shown}`)}
      </span>
    </>
  );
}
