import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { desktop, session } from '../../../platform/index.ts';
import { Button, FormField, Input, PasswordInput } from '../../../ui/index.ts';
import { checkSignIn, meaningOf, type Meaning } from '../sign-in-answer.ts';
import { AnswerNotice } from './answer-notice.tsx';
import { ForgottenPassword } from './forgotten-password.tsx';

/** E-mail and password with errors under their fields; what the server said stands above them. */
export function SignInForm({ fixedEmail }: { fixedEmail: string | null }) {
  const { t } = useTranslation('sign-in');
  const [email, setEmail] = useState(fixedEmail ?? '');
  const [password, setPassword] = useState('');
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<{ email?: 'empty' | 'shape'; password?: 'empty' }>({});
  const [meaning, setMeaning] = useState<Meaning | null>(null);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>(fixedEmail === null ? '[name=email]' : '[name=password]')?.focus();
  }, [fixedEmail]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const found = checkSignIn(email, password);
    setFaults(found);
    setMeaning(null);
    const first = found.email ? 'email' : found.password ? 'password' : null;
    if (first) return form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
    setBusy(true);
    try {
      const answer = await session.getState().signIn(email, password, { keep });
      if (answer.ok || answer.code === 'next_step') return;
      setMeaning(meaningOf(answer));
      form.current?.querySelector<HTMLInputElement>('[name=password]')?.focus();
    } catch {
      setMeaning({ kind: 'failed' });
    } finally {
      setBusy(false);
    }
  };

  return (
    <form ref={form} noValidate className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <AnswerNotice meaning={meaning} />
      <FormField name="email" label={t('email')} error={faults.email ? t(`faults.email.${faults.email}`) : null}>
        <Input
          type="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          readOnly={fixedEmail !== null}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
        />
      </FormField>
      <FormField name="password" label={t('password')} error={faults.password ? t('faults.password.empty') : null}>
        <PasswordInput
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="current-password"
        />
      </FormField>
      {!desktop && (
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            name="keep"
            checked={keep}
            onChange={(event) => setKeep(event.target.checked)}
            data-testid="field-keep"
            className="size-4 accent-primary"
          />
          {t('keep')}
        </label>
      )}
      <Button type="submit" variant="primary" busy={busy} data-testid="btn-sign-in" className="mt-1 w-full">
        {busy ? t('signingIn') : t('signIn')}
      </Button>
      <ForgottenPassword
        email={email}
        onNoEmail={() => {
          setFaults({ email: email.trim() === '' ? 'empty' : 'shape' });
          form.current?.querySelector<HTMLInputElement>('[name=email]')?.focus();
        }}
      />
    </form>
  );
}
