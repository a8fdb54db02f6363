import { CloudUpload, HardDriveDownload, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSyncState } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import { formatBytes, Icon, TimeText } from '../../../ui/index.ts';
import { canKeepMedia, useKeptMedia } from '../../lessons/index.ts';

/** What this device holds and what it still has to send: one quiet line. */
export function DeviceStrip() {
  const { t } = useTranslation('home');
  const state = useSyncState();
  const kept = Object.values(useKeptMedia()).filter((one) => one.state === 'ready');
  const bytes = kept.reduce((sum, one) => sum + (one.total ?? one.bytes), 0);
  return (
    <section
      aria-label={t('device.label')}
      data-testid="device-strip"
      className="mt-8 flex flex-wrap items-center gap-x-6 gap-y-2 border-t pt-4 text-dense text-muted tabular"
    >
      {canKeepMedia && (
        <span className="flex items-center gap-2">
          <Icon of={HardDriveDownload} />
          {kept.length === 0 ? t('device.none') : t('device.kept', { count: kept.length, size: formatBytes(bytes) })}
        </span>
      )}
      <span className="flex items-center gap-2">
        <Icon of={CloudUpload} />
        {state.waiting === 0 ? t('device.allSent') : t('device.waiting', { count: state.waiting })}
      </span>
      <span className="flex items-center gap-2">
        <Icon of={RefreshCw} />
        <span>
          {t('device.last')} <TimeText at={state.lastSyncAt} />
        </span>
      </span>
      <Link to={paths.sync} className="ms-auto text-primary-ink underline-offset-4 hover:underline">
        {t('device.details')}
      </Link>
    </section>
  );
}
