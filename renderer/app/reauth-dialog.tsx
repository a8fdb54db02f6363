import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session, useSession, type SignInAnswer } from '../platform/index.ts';
import { Button, CodeInput, Dialog, FormField, Input, PasswordInput } from '../ui/index.ts';

/** Signs the same person in again without leaving the page; what was being written stays. */
export function ReauthDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('shell');
  const { user, step } = useSession();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    if (!user || busy) return;
    if (step ? !code : !password) return setError(t(step ? 'reauth.codeEmpty' : 'reauth.empty'));
    setBusy(true);
    const { signIn, giveCode } = session.getState();
    const answer = await (step ? giveCode(code) : signIn(user.email, password)).finally(() => setBusy(false));
    setCode('');
    setError(answer.ok ? null : words(answer.code));
    if (!answer.ok) return;
    setPassword('');
    onOpenChange(false);
  };
  const words = (fault: Extract<SignInAnswer, { ok: false }>['code']): string | null => {
    if (fault === 'next_step') return null;
    if (fault === 'network') return t('reauth.network');
    if (fault === 'user_banned') return t('reauth.blocked');
    if (fault === 'over_request_rate_limit' || fault === 'mfa_recovery_codes_locked') return t('reauth.codesPause');
    return t(step ? 'reauth.codeWrong' : 'reauth.wrong');
  };
  const close = (wanted: boolean): void => {
    if (!wanted) session.getState().leaveSteps();
    onOpenChange(wanted);
  };
  return (
    <Dialog
      name="sign-in-again"
      width="sm"
      open={open}
      onOpenChange={close}
      title={t('reauth.title')}
      description={t('reauth.text')}
      footer={
        <Button variant="primary" type="submit" form="reauth" busy={busy} data-testid="btn-sign-in">
          {t('banner.signIn')}
        </Button>
      }
    >
      <form
        id="reauth"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <FormField name="email" label={t('reauth.email')}>
          <Input value={user?.email ?? ''} readOnly autoComplete="username" />
        </FormField>
        {step ? (
          <FormField key="code" name="code" label={t('reauth.code')} help={t('reauth.codeHelp')} error={error}>
            <CodeInput value={code} onChange={(event) => setCode(event.target.value)} autoFocus />
          </FormField>
        ) : (
          <FormField key="password" name="password" label={t('reauth.password')} error={error}>
            <PasswordInput
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              autoComplete="current-password"
            />
          </FormField>
        )}
      </form>
    </Dialog>
  );
}
