import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { giveAppCode, type EnrolledApp } from '../../../platform/account.ts';
import { Button, CopyButton, Dialog, FormField, Input } from '../../../ui/index.ts';
import { accountWords } from '../account-answer.ts';
import { withLine } from '../use-account.ts';

type Props = { app: EnrolledApp; onDone: () => void; onClose: () => void };

/** Picture and key for the app, then its first code. */
export function SetUpAppDialog({ app, onDone, onClose }: Props) {
  const { t } = useTranslation('profile');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const give = async (): Promise<void> => {
    if (busy) return;
    if (code.trim() === '') return setError(t('second.codeEmpty'));
    setBusy(true);
    const answer = await withLine((line) => giveAppCode(line, app.id, code)).finally(() => setBusy(false));
    if (answer.ok) return onDone();
    setError(t(`account.${accountWords(answer.fault)}`));
  };
  return (
    <Dialog
      name="set-up-app"
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('second.setUp')}
      description={t('second.scan')}
      footer={
        <Button variant="primary" type="submit" form="app-code" busy={busy} data-testid="btn-confirm-app">
          {t('second.confirm')}
        </Button>
      }
    >
      <div className="flex flex-col items-center gap-3">
        {/* White on purpose: cameras need it in the dark look too. */}
        <img
          src={`data:image/svg+xml;utf-8,${encodeURIComponent(app.totp.qr_code)}`}
          alt={t('second.picture')}
          width={200}
          height={200}
          className="rounded-card bg-white p-2"
        />
        <p className="flex items-center gap-2 text-dense text-muted">
          <code dir="ltr" data-testid="app-secret" className="break-all">
            {app.totp.secret.match(/.{1,4}/g)?.join(' ')}
          </code>
          <CopyButton text={app.totp.secret} label={t('second.copyKey')} />
        </p>
      </div>
      <form
        id="app-code"
        className="mt-4"
        onSubmit={(event) => {
          event.preventDefault();
          void give();
        }}
      >
        <FormField name="code" label={t('second.code')} error={error}>
          <Input
            value={code}
            onChange={(event) => setCode(event.target.value)}
            autoComplete="one-time-code"
            inputMode="numeric"
            dir="ltr"
          />
        </FormField>
      </form>
    </Dialog>
  );
}
