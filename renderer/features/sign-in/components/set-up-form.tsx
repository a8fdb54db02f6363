import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { passwordLength } from '#contract/api/identity.ts';
import { session } from '../../../platform/index.ts';
import { Button, FormField, Input, PasswordInput } from '../../../ui/index.ts';
import { meaningOf, type Meaning } from '../sign-in-answer.ts';
import { AnswerNotice } from './answer-notice.tsx';

const schema = z.object({
  company_name: z.string().trim().min(1).max(100),
  full_name: z.string().trim().min(1).max(100),
  email: z.email().max(254),
  password: z.string().min(passwordLength.min).max(passwordLength.max),
});
type Values = z.infer<typeof schema>;

/** The first account of an empty installation; the link that leads here works once. */
export function SetUpForm({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation('sign-in');
  const [meaning, setMeaning] = useState<Meaning | null>(null);
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { company_name: '', full_name: '', email: '', password: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const save = form.handleSubmit(async (values) => {
    setMeaning(null);
    const answer = await session.getState().signInBy({ by: 'setup', input: { token, ...values } });
    if (answer.ok || answer.code === 'next_step') return onDone();
    setMeaning(meaningOf(answer));
  });
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={(event) => void save(event)}>
      <div>
        <h1 className="text-title">{t('setUp.title')}</h1>
        <p className="mt-1 text-muted">{t('setUp.lead')}</p>
      </div>
      <AnswerNotice meaning={meaning} />
      <FormField name="company_name" label={t('setUp.company')} error={errors.company_name && t('setUp.companyWrong')}>
        <Input autoComplete="organization" {...form.register('company_name')} />
      </FormField>
      <FormField name="full_name" label={t('setUp.name')} error={errors.full_name && t('setUp.nameWrong')}>
        <Input autoComplete="name" {...form.register('full_name')} />
      </FormField>
      <FormField name="email" label={t('email')} error={errors.email && t('faults.email.shape')}>
        <Input
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.register('email')}
        />
      </FormField>
      <FormField
        name="password"
        label={t('password')}
        error={errors.password && t('steps.password.short', passwordLength)}
        help={t('steps.password.rule', passwordLength)}
      >
        <PasswordInput autoComplete="new-password" {...form.register('password')} />
      </FormField>
      <Button type="submit" variant="primary" busy={isSubmitting} data-testid="btn-set-up" className="mt-1 w-full">
        {t('setUp.submit')}
      </Button>
    </form>
  );
}
