import { useTranslation } from 'react-i18next';
import { Badge, type Tone } from './badge.tsx';
import type { LucideIcon } from './icon.tsx';
import { vocabulary, type StatusKind, type StatusValue } from './vocabulary.ts';

/** The one way a status is shown: `<StatusBadge kind="submission" value="pending" />` says *In review*. */
export function StatusBadge<K extends StatusKind>({
  kind,
  value,
  className,
}: {
  kind: K;
  value: StatusValue<K>;
  className?: string;
}) {
  const { t } = useTranslation('status');
  const words = vocabulary[kind] as Record<string, { tone: Tone; icon: LucideIcon }>;
  const word = words[value];
  if (!word) return null;
  return (
    <Badge tone={word.tone} icon={word.icon} testId={`status-${value}`} className={className}>
      {t(`${kind}.${value}` as never)}
    </Badge>
  );
}
