import { Eye, EyeOff } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './icon-button.tsx';
import { Input } from './input.tsx';

/** A password with a reveal switch; pasting is allowed. */
export function PasswordInput(props: Omit<ComponentProps<'input'>, 'type'>) {
  const { t } = useTranslation('ui');
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input {...props} type={shown ? 'text' : 'password'} spellCheck={false} autoCapitalize="none" className="pe-10" />
      <IconButton
        icon={shown ? EyeOff : Eye}
        label={shown ? t('hidePassword') : t('showPassword')}
        aria-pressed={shown}
        size="sm"
        onClick={() => setShown(!shown)}
        className="absolute end-1 top-1/2 -translate-y-1/2"
        data-testid="btn-reveal"
      />
    </div>
  );
}
