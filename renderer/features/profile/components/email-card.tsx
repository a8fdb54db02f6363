import { MailQuestion } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { askForEmail } from '../../../platform/account.ts';
import { Button, Card, FormField, Input, Notice, OfflineGate, Section } from '../../../ui/index.ts';
import { accountWords } from '../account-answer.ts';
import { useAccount, withLine } from '../use-account.ts';

/** Another e-mail address: it takes effect when both mailboxes have said yes. */
export function EmailCard() {
  const { t } = useTranslation('profile');
  return (
    <Section title={t('address.title')}>
      <Card className="p-6">
        <OfflineGate what={t('address.offline')}>
          <EmailForm />
        </OfflineGate>
      </Card>
    </Section>
  );
}

function EmailForm() {
  const { t } = useTranslation('profile');
  const { account, take } = useAccount();
  const [email, setEmail] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const ask = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!/^\S+@\S+\.\S+$/.test(email.trim())) return setError(t('account.notAnAddress'));
    setBusy(true);
    const answer = await withLine((line) => askForEmail(line, email.trim())).finally(() => setBusy(false));
    setError(answer.ok ? null : t(`account.${accountWords(answer.fault)}`));
    if (!answer.ok) return;
    setEmail('');
    take(answer.value);
  };
  return (
    <form noValidate onSubmit={(event) => void ask(event)} className="flex max-w-[420px] flex-col gap-4">
      {account?.new_email && (
        <div role="status" data-testid="email-waiting">
          <Notice tone="info" icon={MailQuestion}>
            {t('address.waiting', { email: account.new_email })}
          </Notice>
        </div>
      )}
      <FormField name="new_email" label={t('address.new')} help={t('address.help')} error={error}>
        <Input
          type="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          autoComplete="email"
          autoCapitalize="none"
          spellCheck={false}
        />
      </FormField>
      <div>
        <Button type="submit" busy={busy} data-testid="btn-change-email">
          {t('address.change')}
        </Button>
      </div>
    </form>
  );
}
