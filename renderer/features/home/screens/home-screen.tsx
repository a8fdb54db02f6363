import { GraduationCap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useReplica, useRow, useRows } from '../../../data/index.ts';
import { EmptyState, Loading, Page, PageHeader, Skeleton } from '../../../ui/index.ts';
import { unfinished, useWork } from '../../assignments/index.ts';
import { currentCourse, useCourseTrees, useLearningRows } from '../../lessons/index.ts';
import { ContinueCard } from '../components/continue-card.tsx';
import { CourseList } from '../components/course-list.tsx';
import { DeviceStrip } from '../components/device-strip.tsx';
import { WorkCard } from '../components/work-card.tsx';
import { journeysOf } from '../journey.ts';

/** S2. What do I do next? */
export default function HomeScreen() {
  const { t } = useTranslation('home');
  const { actor } = useReplica();
  const student = useRow('students', actor.id);
  const rows = useLearningRows();
  const pathways = useRows('learning_pathways') ?? [];
  const trees = useCourseTrees();
  const work = useWork();
  const course = trees ? currentCourse(trees) : null;
  return (
    <Page>
      <PageHeader title={t('title')} lead={student?.goal_brief || undefined} />
      <Loading when={!trees || !rows} skeleton={<HomeSkeleton />}>
        {trees && rows && trees.length === 0 && (
          <EmptyState icon={GraduationCap} title={t('empty.title')}>
            {t('empty.text', { email: rows.settings.contact_email })}
          </EmptyState>
        )}
        {trees && rows && course && (
          <>
            <ContinueCard tree={course} />
            <div className="mt-8 grid grid-cols-[minmax(0,1fr)] items-start gap-8 *:mt-0 min-[900px]:grid-cols-[1.35fr_1fr]">
              <WorkCard work={unfinished(work ?? [])} />
              <CourseList journeys={journeysOf(trees, { ...rows, pathways })} />
            </div>
          </>
        )}
      </Loading>
      <DeviceStrip />
    </Page>
  );
}

function HomeSkeleton() {
  return (
    <>
      <Skeleton className="h-[168px] rounded-card" />
      <div className="mt-8 grid gap-8 min-[900px]:grid-cols-[1.35fr_1fr]">
        <Skeleton className="h-48 rounded-card" />
        <Skeleton className="h-48 rounded-card" />
      </div>
    </>
  );
}
