import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useBadge, useWrites, type DocOf } from '../../../data/index.ts';
import { announce, Button, FormField, Input, SyncBadge } from '../../../ui/index.ts';
import { barePhone, profileSchema, spacedPhone, type ProfileInput } from '../profile-schema.ts';

const valuesOf = (me: DocOf<'users'>): ProfileInput => ({
  full_name: me.full_name,
  phone: spacedPhone(me.phone ?? ''),
});

/** Name and phone. Saved on this device at once, sent when there is a connection. */
export function ProfileForm({ me }: { me: DocOf<'users'> }) {
  const { t } = useTranslation('profile');
  const writes = useWrites();
  const badge = useBadge('users', me.id);
  const form = useForm<ProfileInput>({ resolver: zodResolver(profileSchema), defaultValues: valuesOf(me) });
  const { errors, isDirty, isSubmitting } = form.formState;
  const { full_name, phone } = me;
  // What another device changed shows at once, unless something is being written here.
  useEffect(() => {
    if (!form.formState.isDirty) form.reset({ full_name, phone: spacedPhone(phone ?? '') });
  }, [form, full_name, phone]);
  const save = form.handleSubmit(async (values) => {
    const bare = barePhone(values.phone);
    await writes.update('users', me.id, { full_name: values.full_name, phone: bare === '' ? null : bare });
    form.reset(values);
    announce(t('saved'));
  });
  return (
    <form noValidate onSubmit={(event) => void save(event)} className="mt-6 flex max-w-[420px] flex-col gap-4">
      <FormField name="full_name" label={t('name')} error={errors.full_name ? t('nameWrong') : null}>
        <Input autoComplete="name" {...form.register('full_name')} />
      </FormField>
      <FormField
        name="phone"
        label={t('phone')}
        optional
        help={t('phoneHelp')}
        error={errors.phone ? t('phoneWrong') : null}
      >
        <Input type="tel" dir="ltr" autoComplete="tel" {...form.register('phone')} className="max-w-60" />
      </FormField>
      <div className="flex items-center gap-3">
        <Button
          type="submit"
          variant="primary"
          busy={isSubmitting}
          reason={isDirty ? null : t('unchanged')}
          data-testid="btn-save"
        >
          {t('save')}
        </Button>
        {isDirty && (
          <Button variant="ghost" onClick={() => form.reset(valuesOf(me))} data-testid="btn-reset">
            {t('reset')}
          </Button>
        )}
        <SyncBadge state={badge} words />
      </div>
    </form>
  );
}
