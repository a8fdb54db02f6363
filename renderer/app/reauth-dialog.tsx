import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session, useSession } from '../platform/index.ts';
import { Button, Dialog, FormField, Input, PasswordInput } from '../ui/index.ts';

/** Signs the same person in again without leaving the page; what was being written stays. */
export function ReauthDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('shell');
  const { user } = useSession();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    if (!user || busy) return;
    if (!password) return setError(t('reauth.empty'));
    setBusy(true);
    const answer = await session.getState().signIn(user.email, password);
    setBusy(false);
    if (answer.ok) {
      setPassword('');
      setError(null);
      return onOpenChange(false);
    }
    setError(
      answer.code === 'network'
        ? t('reauth.network')
        : answer.code === 'user_banned'
          ? t('reauth.blocked')
          : t('reauth.wrong'),
    );
  };
  return (
    <Dialog
      name="sign-in-again"
      width="sm"
      open={open}
      onOpenChange={onOpenChange}
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
        <FormField name="password" label={t('reauth.password')} error={error}>
          <PasswordInput
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="current-password"
          />
        </FormField>
      </form>
    </Dialog>
  );
}
