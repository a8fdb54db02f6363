import { WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useOnline } from './connection.tsx';
import { EmptyState } from './empty-state.tsx';

/** The reason to give a button that needs the server's answer on the spot; null while there is a connection. */
export const useOfflineReason = (): string | null => {
  const { t } = useTranslation('ui');
  return useOnline() ? null : t('offline.reason');
};

/** Content that cannot be had without a connection: the offline panel stands in its place. */
export function OfflineGate({ what, children, links }: { what: string; children: ReactNode; links?: ReactNode }) {
  const { t } = useTranslation('ui');
  if (useOnline()) return children;
  return (
    <EmptyState icon={WifiOff} title={t('offline.title')} action={links}>
      {what}
    </EmptyState>
  );
}
