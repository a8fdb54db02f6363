import { CircleAlert } from 'lucide-react';
import { Slot } from 'radix-ui';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

export type FormFieldProps = {
  label: string;
  /** `data-testid` becomes `field-<name>`. */
  name: string;
  help?: ReactNode;
  error?: string | null;
  optional?: boolean;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  /** Sits on the label's line, at its end. */
  aside?: ReactNode;
  className?: string;
  /** The control: exactly one element, which gets id, name and descriptions. */
  children: ReactNode;
};

/** Label above, help under, error under that, all tied to the control. */
export function FormField({
  label,
  name,
  help,
  error,
  optional,
  hideLabel,
  aside,
  className,
  children,
}: FormFieldProps) {
  const { t } = useTranslation('ui');
  const id = useId();
  const described = cx(help ? `${id}-help` : null, error ? `${id}-error` : null) || undefined;
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <div className={cx('flex items-baseline justify-between gap-3', hideLabel && !aside && 'sr-only')}>
        <label htmlFor={id} className={cx('text-dense font-medium', hideLabel && 'sr-only')}>
          {label}
          {optional && <span className="ms-1 font-normal text-muted">{t('optional')}</span>}
        </label>
        {aside}
      </div>
      <Slot.Root
        {...{
          id,
          name,
          'data-testid': `field-${name}`,
          'aria-describedby': described,
          'aria-invalid': error ? true : undefined,
        }}
      >
        {children}
      </Slot.Root>
      {help && (
        <p id={`${id}-help`} className="text-dense text-muted">
          {help}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="flex items-start gap-1.5 text-dense text-bad">
          <Icon of={CircleAlert} className="mt-0.5" />
          {error}
        </p>
      )}
    </div>
  );
}
