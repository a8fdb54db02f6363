import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isComplete, progressPercent } from '#contract/rules/progress.ts';
import { paths } from '../../../platform/links.ts';
import { Badge, Card, Progress, Section } from '../../../ui/index.ts';
import { CircleCheck } from 'lucide-react';
import type { CourseTree } from '../../lessons/index.ts';

const tallyOf = (tree: CourseTree) => {
  const asked = tree.lessons.flatMap((entry) => entry.work).filter(({ assignment }) => assignment.is_required);
  return {
    lessons: tree.lessons.length,
    watched: tree.done,
    assignments: asked.length,
    approved: asked.filter(({ latest }) => latest?.status === 'approved').length,
  };
};

/** The student's courses with how far they are. */
export function CourseList({ trees, current }: { trees: readonly CourseTree[]; current: string }) {
  const { t } = useTranslation('home');
  return (
    <Section title={t('courses.title', { count: trees.length })}>
      <Card padded={false}>
        <ul className="divide-y divide-line">
          {trees.map((tree) => {
            const tally = tallyOf(tree);
            const percent = progressPercent(tally);
            return (
              <li key={tree.course.id}>
                <Link
                  to={paths.course(tree.course.id)}
                  aria-current={tree.course.id === current ? 'true' : undefined}
                  data-testid={`course-${tree.course.id}`}
                  className="block px-4 py-3 no-underline transition-colors hover:bg-subtle"
                >
                  <span className="flex items-baseline justify-between gap-3">
                    <span className="clip-line font-medium" dir="auto">
                      {tree.course.title}
                    </span>
                    <span className="font-medium tabular">{percent} %</span>
                  </span>
                  <Progress
                    value={percent}
                    label={t('courses.progress', { course: tree.course.title })}
                    className="my-2"
                  />
                  <span className="flex items-center justify-between gap-2 text-dense text-muted tabular">
                    {t('courses.counts', tally)}
                    {isComplete(tally) && (
                      <Badge tone="ok" icon={CircleCheck}>
                        {t('courses.complete')}
                      </Badge>
                    )}
                  </span>
                </Link>
              </li>
            );
          })}
        </ul>
      </Card>
    </Section>
  );
}
