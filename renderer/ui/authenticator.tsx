import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from './copy-button.tsx';
import { Input } from './input.tsx';

/** What an authenticator app is set up with: the picture for its camera, and the secret for those who type it. */
export function AppSecret({ picture, secret }: { picture: string; secret: string }) {
  const { t } = useTranslation('ui');
  return (
    <div className="flex flex-col items-center gap-3">
      {/* White on purpose: cameras need it in the dark look too. */}
      <img src={picture} alt={t('app.picture')} width={200} height={200} className="rounded-card bg-white p-2" />
      <p className="flex items-center gap-2 text-dense text-muted">
        <code dir="ltr" data-testid="app-secret" className="break-all">
          {secret.match(/.{1,4}/g)?.join(' ')}
        </code>
        <CopyButton text={secret} label={t('app.copyKey')} />
      </p>
    </div>
  );
}

/** The code of an authenticator app, or one of the recovery codes, which hold letters. */
export const CodeInput = (props: ComponentProps<'input'>) => (
  <Input autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} dir="ltr" {...props} />
);
