import { MailCheck, WifiOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { requestRecovery } from '../../../platform/account.ts';
import { serverUrl } from '../../../platform/index.ts';
import { Button, Notice } from '../../../ui/index.ts';

type State = 'asking' | 'sent' | 'network' | 'tooMany' | null;

/** A set-password link by mail. Says the same whether or not there is such an account. */
export function ForgottenPassword({ email, onNoEmail }: { email: string; onNoEmail: () => void }) {
  const { t } = useTranslation('sign-in');
  const [state, setState] = useState<State>(null);
  const ask = async (): Promise<void> => {
    if (!/^\S+@\S+\.\S+$/.test(email.trim())) return onNoEmail();
    setState('asking');
    const answer = await requestRecovery(fetch, await serverUrl(), email);
    setState(answer === 'sent' ? 'sent' : answer === 'over_email_send_rate_limit' ? 'tooMany' : 'network');
  };
  return (
    <div className="flex flex-col gap-2">
      <Button variant="ghost" busy={state === 'asking'} onClick={() => void ask()} data-testid="btn-forgot">
        {t('forgot.ask')}
      </Button>
      {state && state !== 'asking' && (
        <div role="status" data-testid="forgot-answer">
          <Notice tone={state === 'sent' ? 'ok' : 'off'} icon={state === 'sent' ? MailCheck : WifiOff}>
            {t(`forgot.${state}`)}
          </Notice>
        </div>
      )}
    </div>
  );
}
