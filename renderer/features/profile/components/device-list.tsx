import { Monitor, Smartphone } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useReplica, useRows } from '../../../data/index.ts';
import { Badge, Card, Icon, Section, TimeText } from '../../../ui/index.ts';

/** Devices this person signed in on; one that was signed out from afar is no longer listed. */
export function DeviceList() {
  const { t } = useTranslation('profile');
  const { actor, deviceId } = useReplica();
  const devices = useRows('devices', { user_id: actor.id, revoked_at: null });
  if (!devices || devices.length === 0) return null;
  const sorted = devices.toSorted(
    (a, b) =>
      Number(b.id === deviceId) - Number(a.id === deviceId) ||
      (b.last_sync_at ?? '').localeCompare(a.last_sync_at ?? ''),
  );
  return (
    <Section title={t('devices.title')}>
      <Card padded={false}>
        <ul className="divide-y divide-line">
          {sorted.map((device) => (
            <li key={device.id} className="flex items-center gap-4 px-4 py-3">
              <Icon of={/android|ios/.test(device.platform) ? Smartphone : Monitor} size={20} className="text-muted" />
              <div className="min-w-0 flex-1">
                <p className="clip-line font-medium" dir="auto">
                  {device.label}
                </p>
                <p className="text-dense text-muted">
                  {platformName(device.platform)} · {t('devices.since')}{' '}
                  <TimeText at={device.registered_at} style="date" />
                </p>
              </div>
              {device.id === deviceId ? (
                <Badge tone="info">{t('devices.this')}</Badge>
              ) : (
                <span className="text-dense text-muted">
                  {t('devices.last')} <TimeText at={device.last_sync_at} />
                </span>
              )}
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

const names: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows', web: 'Web' };
const platformName = (platform: string): string => names[platform] ?? platform;
