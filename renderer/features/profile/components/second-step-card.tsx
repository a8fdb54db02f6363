import { ShieldCheck, ShieldOff, WifiOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  enrolApp,
  makeRecoveryCodes,
  removeFactors,
  type Account,
  type EnrolledApp,
} from '../../../platform/account.ts';
import { Button, Card, ConfirmDialog, Icon, Notice, OfflineGate, Section, toast } from '../../../ui/index.ts';
import { accountWords, type AccountWords } from '../account-answer.ts';
import { useAccount, withLine } from '../use-account.ts';
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx';
import { SetUpAppDialog } from './set-up-app-dialog.tsx';

/** The second step of signing in: an authenticator app and the codes for the day it is lost. */
export function SecondStepCard() {
  const { t } = useTranslation('profile');
  return (
    <Section title={t('second.title')}>
      <Card className="p-6">
        <OfflineGate what={t('second.offline')}>
          <SecondStep />
        </OfflineGate>
      </Card>
    </Section>
  );
}

function SecondStep() {
  const { t } = useTranslation('profile');
  const { account, unreachable, reload } = useAccount();
  const [app, setApp] = useState<EnrolledApp | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [failed, setFailed] = useState<AccountWords | null>(null);
  const [busy, setBusy] = useState(false);
  const [removing, setRemoving] = useState(false);

  const start = async (): Promise<void> => {
    setBusy(true);
    const answer = await withLine(enrolApp).finally(() => setBusy(false));
    setFailed(answer.ok ? null : accountWords(answer.fault));
    if (answer.ok) setApp(answer.value);
  };
  const showCodes = async (): Promise<void> => {
    const answer = await withLine(makeRecoveryCodes);
    setFailed(answer.ok ? null : accountWords(answer.fault));
    if (answer.ok) setCodes(answer.value);
    await reload();
  };
  const finish = async (): Promise<void> => {
    setApp(null);
    toast.done(t('second.done'));
    await showCodes();
  };
  const remove = async ({ factors = [] }: Account): Promise<void> => {
    const answer = await withLine((line) => removeFactors(line, factors));
    setFailed(answer.ok ? null : accountWords(answer.fault));
    await reload();
  };

  if (unreachable)
    return (
      <Notice tone="off" icon={WifiOff}>
        {t('second.network')}
      </Notice>
    );
  if (!account) return <div className="h-12" aria-busy="true" />;
  const isOn = (account.factors ?? []).some(
    ({ factor_type, status }) => factor_type === 'totp' && status === 'verified',
  );
  return (
    <div className="flex flex-col gap-4">
      {failed && (
        <div role="alert">
          <Notice tone="bad" icon={ShieldOff}>
            {t(`account.${failed}`)}
          </Notice>
        </div>
      )}
      <p className="flex items-start gap-2" data-testid="second-step-state" data-on={isOn}>
        <Icon of={isOn ? ShieldCheck : ShieldOff} size={20} className={isOn ? 'text-ok' : 'text-muted'} />
        {t(isOn ? 'second.on' : 'second.off')}
      </p>
      <div className="flex flex-wrap gap-2">
        {isOn ? (
          <>
            <Button onClick={() => void showCodes()} data-testid="btn-recovery-codes">
              {t('second.newCodes')}
            </Button>
            <Button variant="ghost" onClick={() => setRemoving(true)} data-testid="btn-remove-app">
              {t('second.remove')}
            </Button>
          </>
        ) : (
          <Button busy={busy} onClick={() => void start()} data-testid="btn-set-up-app">
            {t('second.setUp')}
          </Button>
        )}
      </div>
      {app && <SetUpAppDialog app={app} onDone={() => void finish()} onClose={() => setApp(null)} />}
      {codes && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />}
      <ConfirmDialog
        name="remove-app"
        open={removing}
        onOpenChange={setRemoving}
        title={t('second.removeTitle')}
        description={t('second.removeText')}
        confirm={t('second.remove')}
        onConfirm={() => remove(account)}
      />
    </div>
  );
}
