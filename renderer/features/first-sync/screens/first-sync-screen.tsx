import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReplica, useSyncFact, useSyncState } from '../../../data/index.ts';
import { session, useSession } from '../../../platform/index.ts';
import { Button, formatBytes, Notice, Progress, Stepper, toast } from '../../../ui/index.ts';
import { stepsOf } from '../steps.ts';

const longMs = 120_000;

/** P3. Brings this person's data onto the device; the app may be used as soon as the essential rows are here. */
export function FirstSyncScreen({ onStart }: { onStart: () => void }) {
  const { t } = useTranslation('first-sync');
  const { user } = useSession();
  const replica = useReplica();
  const state = useSyncState();
  // Counts are drawn when there is time for them; that the app may be used, at once.
  const ready = useSyncFact(({ progress, lastSyncAt }) => progress?.ready ?? lastSyncAt !== null);
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), longMs);
    return () => clearTimeout(timer);
  }, []);

  const progress = state.progress;
  const complete = progress === null && state.lastSyncAt !== null;
  const percent = complete
    ? 100
    : progress?.expected
      ? Math.min(99, Math.floor((100 * progress.applied) / progress.expected))
      : 0;
  const cut = ['offline', 'outdated', 'unreachable'].includes(state.status);
  const counts = complete
    ? t('done')
    : progress?.expected
      ? t('counts', {
          applied: progress.applied.toLocaleString('en'),
          expected: progress.expected.toLocaleString('en'),
          size: formatBytes(progress.bytes),
        })
      : t('asking');

  const leave = async (): Promise<void> => {
    // With something unsent on this device, what waits goes first.
    const answer = await session.getState().signOut(state.waiting > 0 ? 'sync' : 'discard');
    if (!answer.ok) toast.failed(t('notSent'));
  };

  return (
    <main className="flex min-h-full items-center justify-center p-6">
      <div className="w-full max-w-[480px]">
        <h1 className="text-title" dir="auto">
          {t('title', { name: user?.full_name.split(' ')[0] ?? '' })}
        </h1>
        <p className="mt-1 text-muted">{t('lead')}</p>
        <div className="mt-6 rounded-card border bg-surface p-6">
          <Stepper
            label={t('steps.label')}
            steps={stepsOf(progress, complete).map((step) => ({ ...step, label: t(`steps.${step.id}`) }))}
          />
          <div className="mt-6">
            <div className="mb-2 flex justify-between gap-4 text-dense text-muted tabular">
              <span>{counts}</span>
              <span
                role="status"
                data-testid="sync-pill"
                data-state={complete ? 'uptodate' : cut ? 'offline' : 'preparing'}
                data-count={state.waiting}
              >
                {percent} %
              </span>
            </div>
            <Progress value={percent} label={t('bar')} />
          </div>
          {cut && !complete && (
            <Notice
              tone="off"
              icon={WifiOff}
              className="mt-4"
              action={
                <Button size="sm" onClick={() => replica.syncNow()} data-testid="btn-retry">
                  {t('retry')}
                </Button>
              }
            >
              {state.outdated ? t(`outdated.${state.outdated}`) : t('cut')}
            </Notice>
          )}
          {long && !complete && !cut && <p className="mt-4 text-dense text-muted">{t('long')}</p>}
        </div>
        <div className="mt-4 flex items-center justify-between gap-4">
          <Button variant="ghost" onClick={() => void leave()} data-testid="btn-sign-out">
            {t('signOut')}
          </Button>
          <Button variant="primary" reason={ready ? null : t('notReady')} onClick={onStart} data-testid="btn-start">
            {t('start')}
          </Button>
        </div>
      </div>
    </main>
  );
}
