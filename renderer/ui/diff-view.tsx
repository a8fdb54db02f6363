import { useTranslation } from 'react-i18next';
import { cx } from './cx.ts';
import { diffLines, type DiffLine } from './diff-lines.ts';

/**
 * Two texts beside each other: + marks what only the first has, − what only the second has, each with its colour. `apart`: they are no
 * versions of one text, so nothing is marked.
 */
export function DiffView({ first, second, apart = false, className }: DiffViewProps) {
  const lines = apart ? null : diffLines(second.text, first.text);
  return (
    <div className={cx('grid gap-4 md:grid-cols-2', className)}>
      <Column side={first} lines={lines?.filter((line) => line.sign !== '-')} />
      <Column side={second} lines={lines?.filter((line) => line.sign !== '+')} />
    </div>
  );
}

type DiffViewProps = { first: DiffSide; second: DiffSide; apart?: boolean; className?: string };

export type DiffSide = {
  title: string;
  /** Who and when. */
  detail?: React.ReactNode;
  text: string;
  testId?: string;
  /** Files, feedback, decision: under the text. */
  children?: React.ReactNode;
};

function Column({ side, lines }: { side: DiffSide; lines: DiffLine[] | undefined }) {
  const { t } = useTranslation('ui');
  return (
    <section aria-label={side.title} data-testid={side.testId} className="min-w-0 rounded-card border bg-surface">
      <header className="border-b px-4 py-3">
        <h3 className="text-base">{side.title}</h3>
        {side.detail && <p className="text-dense text-muted">{side.detail}</p>}
      </header>
      <div className="py-2" dir="auto">
        {side.text === '' && <p className="px-4 py-1 text-muted">{t('diff.noText')}</p>}
        {!lines && side.text !== '' && <p className="px-4 py-0.5 break-words whitespace-pre-wrap">{side.text}</p>}
        {side.text !== '' &&
          lines?.map((line, index) => (
            <p
              key={index}
              className={cx(
                'flex gap-2 px-4 py-0.5 break-words whitespace-pre-wrap',
                line.sign === '-' && 'bg-bad-soft',
                line.sign === '+' && 'bg-ok-soft',
              )}
            >
              <span
                aria-hidden="true"
                className={cx('w-3 shrink-0 font-medium select-none', line.sign === '-' ? 'text-bad' : 'text-ok')}
              >
                {line.sign === '=' ? '' : line.sign === '-' ? '−' : '+'}
              </span>
              <span className="min-w-0">
                {line.sign !== '=' && <span className="sr-only">{t('diff.onlyHere')} </span>}
                {line.text || ' '}
              </span>
            </p>
          ))}
      </div>
      {side.children && <div className="border-t px-4 py-3">{side.children}</div>}
    </section>
  );
}
