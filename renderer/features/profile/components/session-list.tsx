import { Monitor, Smartphone } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listSessionsAnswerSchema, type OpenSession } from '#contract/api/sign-ins.ts';
import { api, ApiError, NetworkError, SessionExpiredError } from '../../../platform/index.ts';
import { Badge, Button, Card, ConfirmDialog, Icon, OfflineGate, Section, TimeText, toast } from '../../../ui/index.ts';

/** Where the person is signed in now; any of them is ended from here. */
export function SessionList() {
  const { t } = useTranslation('profile');
  return (
    <Section title={t('sessions.title')}>
      <Card padded={false}>
        <OfflineGate what={t('sessions.offline')}>
          <Sessions />
        </OfflineGate>
      </Card>
    </Section>
  );
}

/** What went wrong is told as a message: the list stays as it was. */
const told = (failure: unknown): boolean =>
  failure instanceof NetworkError || failure instanceof ApiError || failure instanceof SessionExpiredError;

function Sessions() {
  const { t } = useTranslation('profile');
  const [sessions, setSessions] = useState<OpenSession[]>([]);
  const [ending, setEnding] = useState<OpenSession | null>(null);
  const reload = useCallback(async (): Promise<void> => {
    try {
      setSessions(listSessionsAnswerSchema.parse(await api.command('list-sessions')).sessions);
    } catch (failure) {
      if (!told(failure)) throw failure;
      toast.failed(t('sessions.failed'));
    }
  }, [t]);
  useEffect(() => void reload(), [reload]);
  const end = async ({ id }: OpenSession): Promise<void> => {
    try {
      await api.command('revoke-session', { session_id: id });
    } catch (failure) {
      if (!told(failure)) throw failure;
      toast.failed(t('sessions.failed'));
    }
    await reload();
  };
  return (
    <>
      <ul className="divide-y divide-line" data-testid="session-list">
        {sessions.map((one) => (
          <li key={one.id} className="flex items-center gap-4 px-4 py-3">
            <Icon of={/android|ios/.test(one.platform ?? '') ? Smartphone : Monitor} size={20} className="text-muted" />
            <div className="min-w-0 flex-1">
              <p className="clip-line font-medium" dir="auto">
                {one.label}
              </p>
              <p className="text-dense text-muted">
                {t('sessions.since')} <TimeText at={one.created_at} style="date" />
                {' · '}
                {t('sessions.last')} <TimeText at={one.refreshed_at} />
              </p>
            </div>
            {one.is_current ? (
              <Badge tone="info">{t('sessions.this')}</Badge>
            ) : (
              <Button size="sm" onClick={() => setEnding(one)} data-testid="btn-end-session">
                {t('sessions.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        name="end-session"
        open={ending !== null}
        onOpenChange={(open) => !open && setEnding(null)}
        title={t('sessions.endTitle')}
        description={t('sessions.endText', { label: ending?.label ?? '' })}
        confirm={t('sessions.end')}
        onConfirm={() => (ending ? end(ending) : undefined)}
      />
    </>
  );
}
