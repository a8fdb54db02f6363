import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { toneText, type Tone } from './badge.tsx';
import { cx } from './cx.ts';

/** A figure that leads to the list behind it: label, figure, one comparison. At most six in a row. */
export function StatTile({
  label,
  figure,
  note,
  to,
  tone,
  testId,
}: {
  label: string;
  figure: ReactNode;
  note?: ReactNode;
  to: string;
  tone?: Tone;
  testId?: string;
}) {
  return (
    <Link
      to={to}
      data-testid={testId}
      className="flex flex-col rounded-card border bg-surface p-4 no-underline transition-colors hover:border-control"
    >
      <span className="text-dense text-muted">{label}</span>
      <span className={cx('mt-1 text-figure font-semibold tabular', tone && toneText[tone])}>{figure}</span>
      <span className="mt-0.5 min-h-5 text-dense text-muted">{note}</span>
    </Link>
  );
}
