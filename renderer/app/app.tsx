import { startTransition, useEffect, useState, useSyncExternalStore, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router/dom';
import { DataProvider, useSignedOut, type Replica } from '../data/index.ts';
import { useSession } from '../platform/index.ts';
import { Button, EmptyState, LiveRegion, Toaster } from '../ui/index.ts';
import { DoorClosed } from 'lucide-react';
import { makeRouter } from './router.tsx';
import { firstScreen, landing, ways } from './screen-route.ts';
import { ShellPartsContext, type ShellParts } from './screens-context.tsx';
import { OneMoment, OpenFailed, useOpenReplica } from './open-replica.tsx';
import { SignedOut } from './signed-out.tsx';

export type AppParts = ShellParts & {
  SignIn: ComponentType;
  FirstSync: ComponentType<{ onStart: () => void }>;
  /** Whether an address carries a link that the sign-in page deals with, whoever is at work. */
  isLink: (hash: string) => boolean;
};

/** From the device's record of a sign-in to the shell; the network is never waited for. */
export function App(parts: AppParts) {
  const { state, user, offline, step } = useSession();
  const signedOutAt = useSignedOut();
  const arriving = useSyncExternalStore(onHash, () => parts.isLink(window.location.hash));
  // Who was at work when the session ended goes on working; a start with an ended session asks first.
  const [workedAs, setWorkedAs] = useState<string | null>(null);
  useEffect(() => {
    if (state === 'signed-in') setWorkedAs(user?.id ?? null);
    if (state === 'none' && workedAs) {
      setWorkedAs(null);
      // The next person starts at their own home; a link given before anybody signed in stays.
      window.location.hash = '#/sign-in';
    }
  }, [state, user, workedAs]);

  if (state === 'restoring') return null;
  if (signedOutAt && state === 'none' && !arriving && !step) return <SignedOut at={signedOutAt} />;
  if (state === 'ended' && !arriving && !step) return <Ended SignIn={parts.SignIn} />;
  const works = user && (state === 'signed-in' || (state === 'expired' && (offline || workedAs === user.id)));
  // A code can be given in the dialog over the work; what takes longer gets the page.
  const asked = step !== null && (!works || step.kind !== 'code');
  if (!works || asked || arriving) {
    return (
      <>
        <parts.SignIn />
        <LiveRegion />
      </>
    );
  }
  return <SignedIn key={user.id} parts={parts} />;
}

const onHash = (changed: () => void): (() => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

function SignedIn({ parts }: { parts: AppParts }) {
  const { replica, error, retry } = useOpenReplica();
  const { role } = useSession();
  useEffect(() => {
    // Its code comes while the replica opens; where it fails now, opening the screen tries again.
    if (role)
      firstScreen(parts.screens, role, window.location.hash)
        ?.load()
        .catch(() => undefined);
  }, [parts.screens, role]);
  if (error) return <OpenFailed error={error} onRetry={retry} />;
  if (!replica) return <OneMoment />;
  return (
    <ShellPartsContext value={parts}>
      <DataProvider replica={replica}>
        <Prepared parts={parts} replica={replica} />
      </DataProvider>
    </ShellPartsContext>
  );
}

/** The first sync's own screen until the essential rows are here and the person goes on; then the shell, for good. */
function Prepared({ parts, replica }: { parts: AppParts; replica: Replica }) {
  const [started, setStarted] = useState(() => {
    const { lastSyncAt, progress } = replica.syncState.get();
    return lastSyncAt !== null && progress === null;
  });
  const { role } = replica.actor;
  const [router] = useState(() => makeRouter(parts.screens, role));
  useEffect(() => {
    // The first screen is gone to, and its code comes, while the rows do: the shell is then drawn with it in one go.
    if (!started && ways.has(router.state.location.pathname)) void router.navigate(landing[role], { replace: true });
  }, [started, router, role]);
  if (!started) {
    // Drawing the shell for the first time is much work: in pieces, the rows that stream in and the person get their turn between them.
    const start = (): void => startTransition(() => setStarted(true));
    return (
      <>
        <parts.FirstSync onStart={start} />
        <LiveRegion />
        <Toaster />
      </>
    );
  }
  return <RouterProvider router={router} />;
}

/** The server ended the account's access; a new sign-in says whether that still holds. What was written stays on disk. */
function Ended({ SignIn }: { SignIn: ComponentType }) {
  const { t } = useTranslation('shell');
  const [again, setAgain] = useState(false);
  if (again) return <SignIn />;
  return (
    <main className="flex h-full items-center justify-center">
      <h1 className="sr-only">{t('starting.ended')}</h1>
      <EmptyState
        icon={DoorClosed}
        title={t('starting.ended')}
        action={
          <Button onClick={() => setAgain(true)} data-testid="btn-back-to-sign-in">
            {t('starting.signOut')}
          </Button>
        }
      >
        {t('starting.endedText')}
      </EmptyState>
    </main>
  );
}
