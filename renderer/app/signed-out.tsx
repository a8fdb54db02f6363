import { DoorClosed } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { wiper } from '../data/index.ts';
import { Button, EmptyState, formatDate } from '../ui/index.ts';

/** The academy signed this device out: what was on it is gone, what its person had not sent is kept for them (screens 3.8). */
export function SignedOut({ at }: { at: Date }) {
  const { t } = useTranslation('shell');
  return (
    <main className="flex h-full items-center justify-center p-6" data-testid="signed-out">
      <h1 className="sr-only">{t('signedOut.title')}</h1>
      <EmptyState
        icon={DoorClosed}
        title={t('signedOut.title')}
        action={
          <Button variant="primary" onClick={() => void wiper.acknowledge()} data-testid="btn-back-to-sign-in">
            {t('starting.signOut')}
          </Button>
        }
      >
        {t('signedOut.text', { date: formatDate(at) })}
        <span className="mt-2 block">{t('signedOut.kept')}</span>
      </EmptyState>
    </main>
  );
}
