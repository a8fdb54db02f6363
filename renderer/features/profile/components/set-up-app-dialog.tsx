import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { giveAppCode, type EnrolledApp } from '../../../platform/account.ts';
import { AppSecret, Button, CodeInput, Dialog, FormField } from '../../../ui/index.ts';
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
      <AppSecret
        picture={`data:image/svg+xml;utf-8,${encodeURIComponent(app.totp.qr_code)}`}
        secret={app.totp.secret}
      />
      <form
        id="app-code"
        className="mt-4"
        onSubmit={(event) => {
          event.preventDefault();
          void give();
        }}
      >
        <FormField name="code" label={t('second.code')} error={error}>
          <CodeInput value={code} onChange={(event) => setCode(event.target.value)} inputMode="numeric" />
        </FormField>
      </form>
    </Dialog>
  );
}
