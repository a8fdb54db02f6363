import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'off';

export const toneText: Record<Tone, string> = {
  ok: 'text-ok',
  warn: 'text-warn',
  bad: 'text-bad',
  info: 'text-info',
  off: 'text-off',
};
export const toneSoft: Record<Tone, string> = {
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  info: 'bg-info-soft text-info',
  off: 'bg-off-soft text-off',
};

/** A soft pill with an icon and a word: state is never colour alone. */
export function Badge({
  tone,
  icon,
  children,
  testId,
  className,
}: {
  tone: Tone;
  icon?: LucideIcon;
  children: ReactNode;
  testId?: string;
  className?: string;
}) {
  return (
    <span
      data-testid={testId}
      className={cx(
        'inline-flex h-6 shrink-0 items-center gap-1 rounded-full px-2 text-caption font-medium whitespace-nowrap',
        toneSoft[tone],
        className,
      )}
    >
      {icon && <Icon of={icon} size={14} />}
      {children}
    </span>
  );
}
