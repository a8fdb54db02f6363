import { GitCompare, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../../../data/index.ts';
import { Icon, TimeText } from '../../../ui/index.ts';

type ProblemFrameProps = {
  problem: Problem;
  /** Refused as it stands, or against something newer, with which it is compared; also the beginning of the test id. */
  kind: 'problem' | 'conflict' | 'verdict';
  /** What it is about. */
  title: string;
  /** What became of the change, in a sentence. */
  explanation: string;
  /** What can be done, as buttons. */
  actions: ReactNode;
  children: ReactNode;
};

/** One thing of the problem list: what it is about, what became of it, what was written, and what can be done. */
export function ProblemFrame({ problem, kind, title, explanation, actions, children }: ProblemFrameProps) {
  const isRefused = kind === 'problem';
  return (
    <article
      data-testid={`${kind}-${problem.key}`}
      data-code={problem.code}
      className="rounded-card border bg-surface p-5"
    >
      <header className="flex items-start gap-3">
        {isRefused ? (
          <Icon of={TriangleAlert} size={20} className="mt-0.5 text-bad" />
        ) : (
          <Icon of={GitCompare} size={20} className="mt-0.5 text-warn" />
        )}
        <div className="min-w-0 flex-1">
          <h3 className="text-reading" dir="auto">
            {title}
          </h3>
          <p className="mt-1 max-w-[70ch]">{explanation}</p>
        </div>
        {/* Where two versions stand side by side, each says its own time. */}
        {isRefused && <TimeText at={problem.at} className="text-dense text-muted" />}
      </header>
      {children}
      <footer className="mt-4 flex flex-wrap gap-2">{actions}</footer>
    </article>
  );
}
