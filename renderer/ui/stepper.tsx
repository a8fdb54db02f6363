import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';
import { Spinner } from './spinner.tsx';

export type Step = { id: string; label: string; detail?: ReactNode; state: 'done' | 'current' | 'waiting' };

/** Steps with ticks, one under the other. */
export function Stepper({ steps, label }: { steps: readonly Step[]; label: string }) {
  const { t } = useTranslation('ui');
  return (
    <ol aria-label={label} className="flex flex-col gap-3">
      {steps.map((step) => (
        <li
          key={step.id}
          data-testid={`step-${step.id}`}
          data-state={step.state}
          aria-current={step.state === 'current' ? 'step' : undefined}
          className="flex items-center gap-3"
        >
          <span
            className={cx(
              'flex size-6 shrink-0 items-center justify-center rounded-full',
              step.state === 'done'
                ? 'bg-ok-soft text-ok'
                : step.state === 'current'
                  ? 'text-primary-ink'
                  : 'border text-muted',
            )}
          >
            {step.state === 'done' && <Icon of={Check} size={14} />}
            {step.state === 'current' && <Spinner />}
          </span>
          <span className={cx('flex-1', step.state === 'waiting' && 'text-muted')}>
            {step.label}
            <span className="sr-only">, {t(`step.${step.state}`)}</span>
          </span>
          {step.detail && <span className="text-dense text-muted tabular">{step.detail}</span>}
        </li>
      ))}
    </ol>
  );
}
