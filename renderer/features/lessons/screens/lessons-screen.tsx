import { BookOpen, SquarePlay } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { MediaState } from '#desktop/index.ts';
import { paths } from '../../../platform/links.ts';
import {
  Button,
  Card,
  Disclosure,
  EmptyState,
  FilterChips,
  FormField,
  Loading,
  Page,
  PageHeader,
  Progress,
  SearchField,
  Select,
  Skeleton,
} from '../../../ui/index.ts';
import { LessonRow } from '../components/lesson-row.tsx';
import type { CourseTree, LessonEntry, ModuleEntry } from '../course-tree.ts';
import { canKeepMedia, useKeptMedia } from '../kept-media.ts';
import { currentCourse, useCourseTrees } from '../queries.ts';

type Filter = 'all' | 'todo' | 'device' | 'locked';

/** Find, watch and keep lessons (S3). */
export default function LessonsScreen() {
  const { t } = useTranslation('lessons');
  const trees = useCourseTrees();
  const { courseId } = useParams();
  const navigate = useNavigate();
  const tree = trees && (trees.find((one) => one.course.id === courseId) ?? currentCourse(trees));
  return (
    <Page>
      <Loading when={trees === undefined} skeleton={<LessonsSkeleton />}>
        {tree ? (
          <>
            <PageHeader
              title={tree.course.title}
              parents={[{ label: t('title'), to: paths.lessons }]}
              lead={tree.course.description}
              actions={
                (trees?.length ?? 0) > 1 && (
                  <FormField label={t('course')} name="course" hideLabel>
                    <Select
                      value={tree.course.id}
                      onChange={(id) => void navigate(paths.course(id))}
                      options={(trees ?? []).map(({ course }) => ({ value: course.id, label: course.title }))}
                    />
                  </FormField>
                )
              }
            />
            <CourseLessons key={tree.course.id} tree={tree} />
          </>
        ) : (
          <>
            <PageHeader title={t('title')} />
            <EmptyState icon={BookOpen} title={t('empty.title')}>
              {t('empty.text')}
            </EmptyState>
          </>
        )}
      </Loading>
    </Page>
  );
}

function CourseLessons({ tree }: { tree: CourseTree }) {
  const { t } = useTranslation('lessons');
  const kept = useKeptMedia();
  const [filter, setFilter] = useState<Filter>('all');
  const [search, setSearch] = useState('');
  const matches = useMemo(() => matcher(filter, search, kept), [filter, search, kept]);
  const modules = tree.modules.map((entry) => ({
    ...entry,
    shown: entry.lessons.filter((lesson) => matches(lesson, entry)),
  }));
  const shown = modules.filter((entry) => entry.shown.length > 0);
  const filters: Filter[] = canKeepMedia ? ['all', 'todo', 'device', 'locked'] : ['all', 'todo', 'locked'];
  return (
    <>
      <div className="mb-6 flex items-center gap-4">
        <Progress value={tree.done} max={tree.lessons.length} label={t('progress.label')} className="max-w-80" />
        <p className="text-dense text-muted tabular">
          {t('progress.text', { done: tree.done, count: tree.lessons.length })}
        </p>
      </div>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <FilterChips
          label={t('filter.label')}
          value={filter}
          onChange={setFilter}
          items={filters.map((value) => ({ value, label: t(`filter.${value}`) }))}
        />
        <SearchField label={t('search')} value={search} onChange={setSearch} />
      </div>
      {shown.length === 0 ? (
        <EmptyState
          icon={SquarePlay}
          title={t('noMatch')}
          action={
            <Button
              onClick={() => {
                setFilter('all');
                setSearch('');
              }}
              data-testid="btn-clear-filters"
            >
              {t('clearFilters')}
            </Button>
          }
        />
      ) : (
        <div className="flex flex-col gap-3">
          {shown.map(({ module, lessons, done, shown: list }) => (
            <Card key={module.id} padded={false} className="p-1.5">
              <Disclosure
                defaultOpen
                title={
                  <span className="block min-w-0">
                    <span className="block clip-line font-medium" dir="auto">
                      {module.title}
                    </span>
                    {module.description && (
                      <span className="block clip-line text-dense text-muted" dir="auto">
                        {module.description}
                      </span>
                    )}
                  </span>
                }
                aside={<span className="tabular">{t('moduleDone', { done, count: lessons.length })}</span>}
              >
                <ul className="pb-1">
                  {list.map((entry) => (
                    <LessonRow key={entry.lesson.id} entry={entry} kept={kept[entry.lesson.id]} />
                  ))}
                </ul>
              </Disclosure>
            </Card>
          ))}
        </div>
      )}
    </>
  );
}

/** Whether a lesson passes the filter and the search; a module whose title matches shows all its lessons. */
function matcher(filter: Filter, search: string, kept: Record<string, MediaState>) {
  const wanted = fold(search.trim());
  const passes: Record<Filter, (entry: LessonEntry) => boolean> = {
    all: () => true,
    todo: (entry) => entry.state.state !== 'locked' && !entry.done,
    device: (entry) => kept[entry.lesson.id]?.state === 'ready',
    locked: (entry) => entry.state.state === 'locked',
  };
  return (entry: LessonEntry, module: ModuleEntry): boolean =>
    passes[filter](entry) &&
    (wanted === '' ||
      fold(entry.lesson.recording_title).includes(wanted) ||
      fold(module.module.title).includes(wanted));
}

/** Case and accents do not matter when searching. */
const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

function LessonsSkeleton() {
  return (
    <div className="flex flex-col gap-4">
      <Skeleton className="h-8 w-72" />
      <Skeleton className="h-4 w-96" />
      {[0, 1, 2].map((row) => (
        <Skeleton key={row} className="h-40 w-full rounded-card" />
      ))}
    </div>
  );
}
