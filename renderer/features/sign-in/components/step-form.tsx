import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { passwordLength } from '#contract/api/identity.ts';
import { session, type SignInAnswer, type SignInStep } from '../../../platform/index.ts';
import { AppSecret, Button, CodeInput, FormField, PasswordInput } from '../../../ui/index.ts';
import { meaningOf, type Meaning } from '../sign-in-answer.ts';
import { AnswerNotice } from './answer-notice.tsx';

/** What the server asks after the password: a code, an app to be set up, or a password of one's own. */
export function StepForm({ step }: { step: SignInStep }) {
  if (step.kind === 'password') return <PasswordStep />;
  return <CodeStep {...(step.kind === 'enrol' ? { shown: step } : {})} />;
}

function CodeStep({ shown }: { shown?: { picture: string; secret: string } }) {
  const { t } = useTranslation('sign-in');
  const [code, setCode] = useState('');
  return (
    <Step
      title={t(shown ? 'steps.enrol.title' : 'steps.code.title')}
      lead={t(shown ? 'steps.enrol.lead' : 'steps.code.lead')}
      submit={t('steps.code.submit')}
      fault={code.trim() === '' ? t('steps.code.empty') : null}
      send={() => session.getState().giveCode(code)}
    >
      {(error) => (
        <>
          {shown && <AppSecret {...shown} />}
          <FormField name="code" label={t('steps.code.label')} error={error} help={shown ? null : t('steps.code.help')}>
            <CodeInput value={code} onChange={(event) => setCode(event.target.value)} />
          </FormField>
        </>
      )}
    </Step>
  );
}

function PasswordStep() {
  const { t } = useTranslation('sign-in');
  const [password, setPassword] = useState('');
  const isShort = [...password].length < passwordLength.min;
  return (
    <Step
      title={t('steps.password.title')}
      lead={t('steps.password.lead')}
      submit={t('steps.password.submit')}
      fault={isShort ? t('steps.password.short', passwordLength) : null}
      send={() => session.getState().choosePassword(password)}
    >
      {(error) => (
        <FormField
          name="password"
          label={t('steps.password.label')}
          error={error}
          help={t('steps.password.rule', passwordLength)}
        >
          <PasswordInput
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="new-password"
          />
        </FormField>
      )}
    </Step>
  );
}

type StepProps = {
  title: string;
  lead: string;
  submit: string;
  /** What is wrong with the field before the server is asked. */
  fault: string | null;
  send: () => Promise<SignInAnswer>;
  children: (error: string | null) => ReactNode;
};

function Step({ title, lead, submit, fault, send, children }: StepProps) {
  const { t } = useTranslation('sign-in');
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [meaning, setMeaning] = useState<Meaning | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const focusField = () => form.current?.querySelector<HTMLInputElement>('input:not([readonly])')?.focus();
  useEffect(() => focusField(), []);

  const give = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (busy || fault) return focusField();
    setBusy(true);
    setMeaning(null);
    const answer = await send().finally(() => setBusy(false));
    if (answer.ok || answer.code === 'next_step') return;
    setMeaning(meaningOf(answer));
    focusField();
  };
  return (
    <form ref={form} noValidate className="flex flex-col gap-4" onSubmit={(event) => void give(event)}>
      <div>
        <h1 className="text-title">{title}</h1>
        <p className="mt-1 text-muted">{lead}</p>
      </div>
      <AnswerNotice meaning={meaning} />
      {children(tried ? fault : null)}
      <Button type="submit" variant="primary" busy={busy} data-testid="btn-step" className="mt-1 w-full">
        {submit}
      </Button>
      <Button variant="ghost" onClick={() => session.getState().leaveSteps()} data-testid="btn-leave-step">
        {t('steps.leave')}
      </Button>
    </form>
  );
}
