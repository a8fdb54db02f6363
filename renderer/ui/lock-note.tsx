import { Hourglass, Lock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { DeviceLockReason } from '#contract/rules/unlock-reasons.ts';
import { cx } from './cx.ts';
import { formatDate } from './format-time.ts';
import { Icon } from './icon.tsx';

export type LockFacts = {
  reason: DeviceLockReason;
  /** Title of the lesson that stands in the way, where there is one. */
  blocking?: string | null;
  /** When a date opens it. */
  availableAt?: Date | string | null;
};

/** Why something is locked, as one sentence. */
export const useLockSentence = (): ((facts: LockFacts) => string) => {
  const { t } = useTranslation('locks');
  return ({ reason, blocking, availableAt }) => {
    const date = availableAt ? formatDate(new Date(availableAt)) : '';
    if (reason === 'drip_locked' && !date) return t('drip_locked_unknown');
    if (reason === 'access_expired' && !date) return t('access_expired_unknown');
    return t(reason, { title: blocking || t('earlier_lesson'), date });
  };
};

/** The lock sentence with its icon; the button that resolves it stands beside it. */
export function LockNote({ className, ...facts }: LockFacts & { className?: string }) {
  const sentence = useLockSentence();
  const waiting = facts.reason === 'previous_assignment_not_approved' || facts.reason === 'drip_locked';
  return (
    <span
      data-testid="lock-note"
      data-reason={facts.reason}
      className={cx('inline-flex min-w-0 items-start gap-1.5 text-dense text-muted', className)}
    >
      <Icon of={waiting ? Hourglass : Lock} size={14} className="mt-[3px]" />
      <span className="min-w-0">{sentence(facts)}</span>
    </span>
  );
}
