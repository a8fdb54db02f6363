import { useCallback, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { openReplica, wiper, type Replica } from '../data/index.ts';
import type { WipeKey } from '#contract/api/wipe.ts';
import { NetworkError, session } from '../platform/index.ts';
import { ErrorPanel, Spinner, useLate } from '../ui/index.ts';

/** Another window of this person works with the replica now; two at once would write past each other. */
class TakenOverError extends Error {
  override name = 'TakenOverError';
}

/** So long signing out waits for what is unsent. */
const flushMs = 30_000;

/** Opens the signed-in person's replica; it is closed when they leave. */
export const useOpenReplica = (): { replica: Replica | null; error: unknown; retry: () => void } => {
  const [replica, setReplica] = useState<Replica | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let left = false;
    let opened: Replica | null = null;
    let stopListening = (): void => undefined;
    /** Signed in anew on data of before (another role, a suspension since lifted): it goes first, and what was unsent is offered. */
    const wipeAndReopen = async (userId: string, key: WipeKey | null): Promise<void> => {
      try {
        if ((await wiper.wipeIfOrdered(userId, key)) && !left) setTurn((before) => before + 1);
      } catch (failure) {
        // No answer: the link asks the server again, and hears the same.
        if (!(failure instanceof NetworkError) && !left) setError(failure);
      }
    };
    const open = async (): Promise<void> => {
      try {
        const connection = await session.connection();
        if (!connection || left) return;
        stopListening = connection.onSignOut(async (mode) => {
          if (mode === 'sync' && opened && !(await opened.flush(flushMs))) return false;
          // The screens go before the rows they read.
          flushSync(() => setReplica(null));
          return true;
        });
        // Whose data a wipe has begun to delete here starts with none of it.
        await wiper.finish();
        const fresh = await openReplica(connection, {
          onTakenOver: () => {
            if (!left) setError(new TakenOverError());
          },
          onWipeDue: (key) => void wipeAndReopen(connection.user.id, key),
        });
        if (left) return await fresh.close();
        opened = fresh;
        setReplica(fresh);
      } catch (failure) {
        if (!left) setError(failure);
      }
    };
    void open();
    return () => {
      left = true;
      stopListening();
      setReplica(null);
      void opened?.close();
    };
  }, [turn]);
  const retry = useCallback(() => {
    setError(null);
    setTurn((before) => before + 1);
  }, []);
  return { replica, error, retry };
};

/** While the local data opens or closes; usually too short to be seen. */
export function OneMoment() {
  const { t } = useTranslation('shell');
  const late = useLate(true, 600);
  if (!late) return null;
  return (
    <main className="flex h-full items-center justify-center gap-2 text-muted">
      <Spinner />
      <h1 className="text-base font-normal" role="status">
        {t('starting.moment')}
      </h1>
    </main>
  );
}

/** The local data could not be opened: most often it is open in another window. */
export function OpenFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation('shell');
  const inUse = error instanceof TakenOverError;
  const details = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return (
    <main className="flex h-full items-center justify-center p-6">
      <h1 className="sr-only">{t('starting.title')}</h1>
      <ErrorPanel
        title={inUse ? t('starting.inUseTitle') : t('starting.failed')}
        onRetry={onRetry}
        details={details}
        className="max-w-[560px]"
      >
        {inUse ? t('starting.inUse') : details}
      </ErrorPanel>
    </main>
  );
}
