import { CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useBadge } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import { Card, cx, Icon, Section, StatusBadge, SyncBadge, TimeText, useNow } from '../../../ui/index.ts';
import type { WorkEntry } from '../../assignments/index.ts';

const shown = 3;

/** Up to three pieces of work; the rest is one click away. */
export function WorkCard({ work }: { work: readonly WorkEntry[] }) {
  const { t } = useTranslation('home');
  return (
    <Section
      title={t('work.title')}
      aside={
        work.length > shown && (
          <Link to={paths.assignments} className="text-dense text-primary-ink underline-offset-4 hover:underline">
            {t('work.all', { count: work.length })}
          </Link>
        )
      }
    >
      <Card padded={false}>
        {work.length === 0 && (
          <p className="flex items-center gap-3 px-4 py-5 text-muted">
            <Icon of={CircleCheck} size={20} className="text-ok" />
            {t('work.none')}
          </p>
        )}
        <ul className="divide-y divide-line">
          {work.slice(0, shown).map((item) => (
            <WorkRow key={item.assignment.id} item={item} />
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function WorkRow({ item }: { item: WorkEntry }) {
  const { t } = useTranslation('home');
  const now = useNow();
  const badge = useBadge('submissions', item.latest?.id);
  const overdue = item.due !== null && Date.parse(item.due) < now.getTime();
  return (
    <li>
      <Link
        to={paths.assignment(item.assignment.id)}
        data-testid={`work-${item.assignment.id}`}
        className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 no-underline transition-colors first:rounded-t-card hover:bg-subtle"
      >
        <span className="min-w-40 flex-1">
          <span className="block clip-line font-medium" dir="auto">
            {item.assignment.name}
          </span>
          <span className="block clip-line text-dense text-muted" dir="auto">
            {item.entry.lesson.recording_title}
          </span>
        </span>
        {item.due && item.status !== 'pending' && (
          <span className={cx('text-dense', overdue ? 'font-medium text-bad' : 'text-muted')}>
            {overdue ? t('work.overdue') : t('work.due')} <TimeText at={item.due} />
          </span>
        )}
        <SyncBadge state={badge} />
        <StatusBadge kind="submission" value={item.status} />
      </Link>
    </li>
  );
}
