import type { ReactNode } from 'react';
import { toneText, type Tone } from './badge.tsx';
import { cx } from './cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';

export type TimelineEntry = {
  id: string;
  icon: LucideIcon;
  tone?: Tone;
  title: ReactNode;
  aside?: ReactNode;
  children?: ReactNode;
};

/** What happened, in order, along one line. */
export function Timeline({ entries, label }: { entries: readonly TimelineEntry[]; label: string }) {
  return (
    <ol aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.id} className="group flex gap-3">
          <span className="flex flex-col items-center">
            <span
              className={cx(
                'flex size-7 shrink-0 items-center justify-center rounded-full bg-subtle',
                entry.tone ? toneText[entry.tone] : 'text-muted',
              )}
            >
              <Icon of={entry.icon} />
            </span>
            <span className="w-px flex-1 bg-line group-last:hidden" />
          </span>
          <div className="min-w-0 flex-1 pb-6 group-last:pb-0">
            <div className="flex min-h-7 flex-wrap items-center justify-between gap-2">
              <div className="font-medium">{entry.title}</div>
              {entry.aside && <div className="text-dense text-muted">{entry.aside}</div>}
            </div>
            {entry.children && <div className="mt-1">{entry.children}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
