import { FileCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../../platform/links.ts';
import { Button, EmptyState, RichText, StatusBadge } from '../../../ui/index.ts';
import type { LessonEntry } from '../course-tree.ts';

/** The work that belongs to a lesson, with the way to it. */
export function LessonWork({ entry }: { entry: LessonEntry }) {
  const { t } = useTranslation('lessons');
  if (entry.work.length === 0) return <EmptyState icon={FileCheck} title={t('work.empty')} />;
  return (
    <ul className="flex flex-col gap-6">
      {entry.work.map(({ assignment, latest }) => (
        <li key={assignment.id} className="flex flex-col items-start gap-3">
          <p className="flex items-center gap-3">
            <span className="font-medium" dir="auto">
              {assignment.name}
            </span>
            <StatusBadge kind="submission" value={latest?.status ?? 'todo'} />
          </p>
          {assignment.description && <RichText text={assignment.description} />}
          <Button asChild>
            <Link to={paths.assignment(assignment.id)} data-testid="btn-open-assignment">
              {t('work.open')}
            </Link>
          </Button>
        </li>
      ))}
    </ul>
  );
}
