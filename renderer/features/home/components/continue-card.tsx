import { CircleCheck, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../../platform/links.ts';
import { buttonLook, Card, formatPosition, Icon, LockNote, Progress, SyncBadge } from '../../../ui/index.ts';
import type { CourseTree, LessonEntry } from '../../lessons/index.ts';
import { stepTo } from '../next-step.ts';

/** The lesson to go on with: the loudest thing on the page. Locked, it says why and offers what opens it. */
export function ContinueCard({ tree }: { tree: CourseTree }) {
  const { t } = useTranslation('home');
  const entry = tree.frontier;
  if (!entry) {
    return (
      <Card className="flex items-center gap-4 p-6" data-testid="continue">
        <Icon of={CircleCheck} size={32} className="text-ok" />
        <div>
          <h2 className="text-section">{t('done.title', { course: tree.course.title })}</h2>
          <p className="mt-1 text-muted">{t('done.text')}</p>
        </div>
      </Card>
    );
  }
  const module = tree.modules.find((one) => one.module.id === entry.lesson.module_id)?.module;
  return (
    <Card
      className="flex flex-wrap items-center gap-x-8 gap-y-4 p-6"
      data-testid="continue"
      data-lesson={entry.lesson.id}
    >
      <div className="min-w-[280px] flex-1">
        <p className="text-dense text-muted" dir="auto">
          {[tree.course.title, module?.title].filter(Boolean).join(' · ')}
        </p>
        <h2 className="mt-1 flex items-center gap-2 text-title" dir="auto">
          {entry.lesson.recording_title}
          {entry.state.state === 'provisional' && <SyncBadge state="provisional" />}
        </h2>
        <p className="mt-1 text-muted tabular">{factsOf(entry, tree, t)}</p>
        <Watched entry={entry} />
      </div>
      <Action entry={entry} tree={tree} />
    </Card>
  );
}

const positionOf = (entry: LessonEntry): number => Math.floor(entry.view?.position_seconds ?? 0);

const factsOf = (entry: LessonEntry, tree: CourseTree, t: ReturnType<typeof useTranslation<'home'>>['t']): string =>
  [
    t('lessonOf', { number: entry.number, count: tree.lessons.length }),
    entry.lesson.duration_min ? t('minutes', { count: entry.lesson.duration_min }) : '',
    positionOf(entry) > 0 && entry.state.state !== 'locked'
      ? t('stoppedAt', { at: formatPosition(positionOf(entry)) })
      : '',
  ]
    .filter(Boolean)
    .join(' · ');

function Watched({ entry }: { entry: LessonEntry }) {
  const { t } = useTranslation('home');
  const length = entry.media?.duration_seconds ?? (entry.lesson.duration_min ?? 0) * 60;
  if (!positionOf(entry) || !length || entry.state.state === 'locked') return null;
  return <Progress value={(100 * positionOf(entry)) / length} label={t('watchedLabel')} className="mt-3 max-w-80" />;
}

function Action({ entry, tree }: { entry: LessonEntry; tree: CourseTree }) {
  const { t } = useTranslation('home');
  if (entry.state.state !== 'locked') {
    const word = positionOf(entry) > 0 ? t('resume') : t('watch');
    return (
      <Link
        to={paths.lesson(entry.lesson.id)}
        className={`${buttonLook('primary', 'md')} h-10 px-5 no-underline`}
        data-testid="btn-continue"
      >
        <Icon of={Play} />
        {word}
      </Link>
    );
  }
  const { reason, blocking, available_at } = entry.state;
  const step = stepTo(reason, blocking?.lesson_id ?? null, tree);
  return (
    <div className="flex max-w-80 flex-col items-start gap-3" data-lock={reason}>
      <LockNote reason={reason} blocking={blocking?.title} availableAt={available_at} className="text-base" />
      {step && (
        <Link to={step.to} className={`${buttonLook('primary', 'md')} no-underline`} data-testid="btn-continue">
          {t(`steps.${step.kind}`)}
        </Link>
      )}
    </div>
  );
}
