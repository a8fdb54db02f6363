import { zodResolver } from '@hookform/resolvers/zod';
import { CircleCheck, CircleDashed, WifiOff } from 'lucide-react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { passwordLength } from '#contract/api/identity.ts';
import { changePassword } from '../../../platform/change-password.ts';
import { session } from '../../../platform/index.ts';
import {
  Button,
  Card,
  cx,
  FormField,
  Icon,
  Notice,
  OfflineGate,
  PasswordInput,
  Section,
  toast,
} from '../../../ui/index.ts';
import { passwordAnswer, passwordSchema, type PasswordInput as Passwords } from '../password-schema.ts';

const empty: Passwords = { current: '', next: '', repeated: '' };

/** A new password. Needs the server's answer on the spot, so it is closed without a connection. */
export function PasswordCard() {
  const { t } = useTranslation('profile');
  return (
    <Section title={t('password.title')}>
      <Card className="p-6">
        <OfflineGate what={t('password.offline')}>
          <PasswordForm />
        </OfflineGate>
      </Card>
    </Section>
  );
}

function PasswordForm() {
  const { t } = useTranslation('profile');
  const form = useForm<Passwords>({ resolver: zodResolver(passwordSchema), defaultValues: empty });
  const [failed, setFailed] = useState<'network' | 'failed' | null>(null);
  const { errors, isSubmitting } = form.formState;
  const long = form.watch('next').length >= passwordLength.min;
  const save = form.handleSubmit(async ({ current, next }) => {
    setFailed(null);
    const connection = await session.connection();
    const answer = connection ? await changePassword(connection, { current, next }) : 'expired';
    if (answer === 'changed') {
      form.reset(empty);
      return toast.done(t('password.changed'));
    }
    const { field, words } = passwordAnswer(answer);
    if (field) form.setError(field, { type: words }, { shouldFocus: true });
    else setFailed(words === 'network' ? 'network' : 'failed');
  });
  const nextError =
    errors.next &&
    t(
      errors.next.type === 'same' ? 'password.same' : errors.next.type === 'weak' ? 'password.weak' : 'password.short',
      passwordLength,
    );
  return (
    <form noValidate onSubmit={(event) => void save(event)} className="flex max-w-[420px] flex-col gap-4">
      {failed && (
        <div role="alert">
          <Notice tone="off" icon={WifiOff}>
            {t(`password.${failed}`)}
          </Notice>
        </div>
      )}
      <FormField
        name="current"
        label={t('password.current')}
        error={errors.current && t(errors.current.type === 'wrong' ? 'password.wrong' : 'password.empty')}
      >
        <PasswordInput autoComplete="current-password" {...form.register('current')} />
      </FormField>
      <FormField
        name="next"
        label={t('password.next')}
        error={nextError}
        help={
          <span className={cx('flex items-center gap-1.5', long && 'text-ok')}>
            <Icon of={long ? CircleCheck : CircleDashed} size={14} />
            {t('password.rule', passwordLength)}
          </span>
        }
      >
        <PasswordInput autoComplete="new-password" {...form.register('next')} />
      </FormField>
      <FormField name="repeated" label={t('password.repeated')} error={errors.repeated && t('password.different')}>
        <PasswordInput autoComplete="new-password" {...form.register('repeated')} />
      </FormField>
      <div>
        <Button type="submit" busy={isSubmitting} data-testid="btn-change-password">
          {t('password.change')}
        </Button>
      </div>
    </form>
  );
}
