import { CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isComplete, progressPercent, type Tally } from '#contract/rules/progress.ts';
import { paths } from '../../../platform/links.ts';
import { Badge, Card, cx, Progress, Section } from '../../../ui/index.ts';
import type { CourseTree } from '../../lessons/index.ts';
import type { Journey, JourneyStep } from '../journey.ts';

const tallyOf = (tree: CourseTree): Tally => {
  const asked = tree.lessons.flatMap((entry) => entry.work).filter(({ assignment }) => assignment.is_required);
  return {
    lessons: tree.lessons.length,
    watched: tree.done,
    assignments: asked.length,
    approved: asked.filter(({ latest }) => latest?.status === 'approved').length,
  };
};

/** The student's courses with how far they are; those of a pathway as its steps. */
export function CourseList({ journeys }: { journeys: readonly Journey[] }) {
  const { t } = useTranslation('home');
  return (
    <div className="flex flex-col gap-8 *:mt-0">
      {journeys.map((journey) => (
        <Section
          key={journey.pathway ?? ''}
          title={journey.pathway ?? t('courses.title', { count: journey.steps.length })}
          aside={
            journey.at !== null && (
              <span className="text-dense text-muted tabular">
                {t('courses.stepOf', { step: journey.at, count: journey.steps.length })}
              </span>
            )
          }
        >
          <Card padded={false}>
            <ul className="divide-y divide-line">
              {journey.steps.map((step) => (
                <CourseLine key={step.tree.course.id} step={step} />
              ))}
            </ul>
          </Card>
        </Section>
      ))}
    </div>
  );
}

function CourseLine({ step: { tree, state } }: { step: JourneyStep }) {
  const { t } = useTranslation('home');
  const tally = tallyOf(tree);
  const percent = progressPercent(tally);
  return (
    <li>
      <Link
        to={paths.course(tree.course.id)}
        aria-current={state === 'current' ? 'step' : undefined}
        data-testid={`course-${tree.course.id}`}
        className="block px-4 py-3 no-underline transition-colors hover:bg-subtle"
      >
        <span className="flex items-baseline justify-between gap-3">
          <span className={cx('clip-line font-medium', state === 'ahead' && 'text-muted')} dir="auto">
            {tree.course.title}
          </span>
          <span className={cx('font-medium tabular', state === 'ahead' && 'text-muted')}>{percent} %</span>
        </span>
        <Progress value={percent} label={t('courses.progress', { course: tree.course.title })} className="my-2" />
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
}
