import { Clipboard } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReplica, useSyncState } from '../../../data/index.ts';
import { Button, Card, ConfirmDialog, Facts, TimeText, toast } from '../../../ui/index.ts';

/** This device towards the server: its id, lease, what support asks for, and starting the copy anew. */
export function DeviceCard() {
  const { t } = useTranslation('sync-details');
  const replica = useReplica();
  const state = useSyncState();
  const [asking, setAsking] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(await replica.diagnostics(), null, 2));
      toast.done(t('device.copied'));
    } catch {
      toast.failed(t('device.copyFailed'));
    }
  };
  return (
    <Card>
      <Facts
        items={[
          {
            label: t('device.id'),
            value: <code className="font-mono text-dense select-text">{replica.deviceId}</code>,
          },
          { label: t('device.lease'), value: <TimeText at={state.leaseUntil} style="exact" /> },
        ]}
      />
      <div className="mt-4 flex flex-wrap gap-2 border-t pt-4">
        <Button icon={Clipboard} onClick={() => void copy()} data-testid="btn-copy-diagnostics">
          {t('device.copy')}
        </Button>
        <Button variant="ghost" onClick={() => setAsking(true)} data-testid="btn-rebuild">
          {t('device.rebuild')}
        </Button>
      </div>
      <ConfirmDialog
        name="rebuild"
        open={asking}
        onOpenChange={setAsking}
        destructive={false}
        title={t('device.rebuildTitle')}
        description={t('device.rebuildText')}
        confirm={t('device.rebuild')}
        onConfirm={async () => {
          await replica.rebuild();
          toast.done(t('device.rebuilt'));
        }}
      />
    </Card>
  );
}
