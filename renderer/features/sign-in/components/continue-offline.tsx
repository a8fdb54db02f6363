import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session } from '../../../platform/index.ts';
import { Button } from '../../../ui/index.ts';

/** Goes on with what is on this device while the lease lasts; after it, says why not. */
export function ContinueOffline({ name }: { name: string }) {
  const { t } = useTranslation('sign-in');
  const [refused, setRefused] = useState(false);
  return (
    <div className="mt-4 border-t pt-4">
      <Button
        variant="secondary"
        className="w-full"
        data-testid="btn-continue-offline"
        onClick={() => setRefused(!session.getState().continueOffline())}
      >
        {t('continueOffline', { name })}
      </Button>
      <p role={refused ? 'alert' : undefined} className="mt-2 text-dense text-muted">
        {refused ? t('leaseOver') : t('continueHelp')}
      </p>
    </div>
  );
}
