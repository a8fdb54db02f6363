import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useReplica } from '../data/index.ts';
import { toast } from '../ui/index.ts';

/** Says when something could not be saved or shown on this computer, whatever screen it was done on. */
export const useWriteTroubles = (): void => {
  const { t } = useTranslation('shell');
  const { onWriteTrouble } = useReplica();
  useEffect(() => onWriteTrouble((trouble) => toast.failed(t(`notSaved.${trouble}`))), [onWriteTrouble, t]);
};
