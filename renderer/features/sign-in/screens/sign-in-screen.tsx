import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { desktop, useSession } from '../../../platform/index.ts';
import { Disclosure } from '../../../ui/index.ts';
import { readLink } from '../arriving-link.ts';
import { ContinueOffline } from '../components/continue-offline.tsx';
import { LinkPanel } from '../components/link-panel.tsx';
import { ServerAddress } from '../components/server-address.tsx';
import { SetUpForm } from '../components/set-up-form.tsx';
import { SignInForm } from '../components/sign-in-form.tsx';
import { StepForm } from '../components/step-form.tsx';

/** P1. The only page outside the shell that everybody sees; it works with no data at all. */
export function SignInScreen() {
  const { t } = useTranslation('sign-in');
  const { step } = useSession();
  const [link, setLink] = useState(() => readLink(window.location.hash));
  const leaveLink = (): void => {
    // Out of the address too: the link is used up, and nobody shall find it there.
    window.location.hash = '#/';
    setLink(null);
  };
  return (
    <main className="flex min-h-full items-center justify-center p-6">
      <div className="w-full max-w-[400px]">
        <div className="mb-6 flex items-center gap-3">
          <span
            aria-hidden="true"
            className="flex size-9 items-center justify-center rounded-card bg-primary text-section font-semibold text-on-primary"
          >
            G
          </span>
          <span className="text-section font-semibold">Growth OS</span>
        </div>
        <div className="rounded-card border bg-surface p-6">
          {step ? (
            <StepForm key={step.kind} step={step} />
          ) : link?.kind === 'setUp' ? (
            <SetUpForm token={link.token} onDone={leaveLink} />
          ) : link ? (
            <LinkPanel link={link} onDone={leaveLink} />
          ) : (
            <PasswordPanel />
          )}
        </div>
        {desktop && (
          <Disclosure title={<span className="text-dense text-muted">{t('advanced')}</span>} className="mt-3">
            <ServerAddress bridge={desktop} />
          </Disclosure>
        )}
      </div>
    </main>
  );
}

function PasswordPanel() {
  const { t } = useTranslation('sign-in');
  const session = useSession();
  // Only a session that ran out belongs to somebody; after an ended one anybody may sign in.
  const user = session.state === 'expired' ? session.user : null;
  return (
    <>
      <h1 className="text-title">{user ? t('titleAgain') : t('title')}</h1>
      <p className="mt-1 mb-5 text-muted">{user ? t('leadAgain', { name: user.full_name }) : t('lead')}</p>
      <SignInForm fixedEmail={user?.email ?? null} />
      {user && <ContinueOffline name={user.full_name} />}
    </>
  );
}
