import { Lock, SquarePlay } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { paths } from '../../../platform/links.ts';
import {
  Button,
  Card,
  EmptyState,
  Loading,
  Page,
  PageHeader,
  RichText,
  Section,
  Skeleton,
  Tabs,
  useLockSentence,
} from '../../../ui/index.ts';
import type { PlayerHandle } from '../../player/index.ts';
import { LessonAttachments } from '../components/lesson-attachments.tsx';
import { LessonNotes } from '../components/lesson-notes.tsx';
import { LessonRating } from '../components/lesson-rating.tsx';
import { LessonRow } from '../components/lesson-row.tsx';
import { LessonStage } from '../components/lesson-stage.tsx';
import { LessonWork } from '../components/lesson-work.tsx';
import { KeepButton } from '../components/keep-button.tsx';
import type { CourseTree, LessonEntry } from '../course-tree.ts';
import { useKeptMedia } from '../kept-media.ts';
import { useLesson } from '../queries.ts';

/** Learn from one lesson: watch, note, rate, go on (S4). */
export default function LessonScreen() {
  const { t } = useTranslation('lessons');
  const { id } = useParams();
  const found = useLesson(id);
  return (
    <Page wide className="max-w-[1320px]">
      <Loading
        when={found === undefined}
        skeleton={<Skeleton className="aspect-video w-full max-w-[880px] rounded-card" />}
      >
        {found ? (
          <Lesson key={found.entry.lesson.id} {...found} />
        ) : (
          <>
            <PageHeader title={t('lesson')} parents={[{ label: t('title'), to: paths.lessons }]} />
            <EmptyState
              icon={SquarePlay}
              title={t('unknown')}
              action={
                <Button asChild>
                  <Link to={paths.lessons}>{t('allLessons')}</Link>
                </Button>
              }
            />
          </>
        )}
      </Loading>
    </Page>
  );
}

type Tab = 'notes' | 'attachments' | 'work';

function Lesson({ tree, entry, next }: { tree: CourseTree; entry: LessonEntry; next: LessonEntry | null }) {
  const { t } = useTranslation('lessons');
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const kept = useKeptMedia();
  const [tab, setTab] = useState<Tab>('notes');
  const player = useRef<PlayerHandle>(null);
  const { lesson } = entry;
  const module = tree.modules.find((one) => one.module.id === lesson.module_id);
  const asked = Number(query.get('t'));
  const startAt = query.has('t') && Number.isFinite(asked) ? asked : null;
  const nextIsOpen = next !== null && next.state.state !== 'locked';
  const goNext = next && nextIsOpen ? () => void navigate(paths.lesson(next.lesson.id)) : null;
  const noteHere = (): void => {
    setTab('notes');
    document.querySelector<HTMLTextAreaElement>('[data-testid="field-note"]')?.focus();
  };
  return (
    <div className="grid gap-8 min-[1160px]:grid-cols-[minmax(0,1fr)_340px]">
      <div className="min-w-0">
        {entry.state.state === 'locked' ? (
          <LockedStage entry={entry} />
        ) : (
          <LessonStage entry={entry} startAt={startAt} player={player} onNote={noteHere} onNext={goNext} />
        )}
        <PageHeader
          className="mt-5"
          title={lesson.recording_title}
          parents={[
            { label: t('title'), to: paths.lessons },
            { label: tree.course.title, to: paths.course(tree.course.id) },
          ]}
          lead={module?.module.title}
          actions={
            <>
              {entry.state.state !== 'locked' && <KeepButton entry={entry} kept={kept[lesson.id]} />}
              {next && (
                <Button
                  variant={entry.done ? 'primary' : 'secondary'}
                  reason={nextIsOpen ? null : t('nextLocked')}
                  keys="shift+n"
                  onClick={() => goNext?.()}
                  data-testid="btn-next-lesson"
                >
                  {t('next')}
                </Button>
              )}
            </>
          }
        />
        {entry.state.state !== 'locked' && (
          <>
            {lesson.description && <RichText text={lesson.description} className="mb-6" />}
            {entry.done && (
              <Card className="mb-6">
                <LessonRating entry={entry} />
              </Card>
            )}
            <Tabs<Tab>
              label={t('tabs.label')}
              value={tab}
              onChange={setTab}
              items={[
                {
                  value: 'notes',
                  label: t('tabs.notes'),
                  content: (
                    <LessonNotes
                      lessonId={lesson.id}
                      position={() => player.current?.position() ?? null}
                      onSeek={(seconds) => player.current?.seek(seconds)}
                    />
                  ),
                },
                {
                  value: 'attachments',
                  label: t('tabs.attachments'),
                  content: <LessonAttachments lessonId={lesson.id} />,
                },
                {
                  value: 'work',
                  label: t('tabs.work'),
                  count: entry.work.length || undefined,
                  content: <LessonWork entry={entry} />,
                },
              ]}
            />
          </>
        )}
      </div>
      {module && (
        <Section title={t('inThisModule')} className="mt-0!">
          <Card padded={false} className="p-1.5">
            <ul>
              {module.lessons.map((one) => (
                <LessonRow
                  key={one.lesson.id}
                  entry={one}
                  kept={kept[one.lesson.id]}
                  compact
                  current={one.lesson.id === lesson.id}
                />
              ))}
            </ul>
          </Card>
        </Section>
      )}
    </div>
  );
}

/** What stands where the player would: why it is locked and the way to what opens it. */
function LockedStage({ entry }: { entry: LessonEntry }) {
  const { t } = useTranslation('lessons');
  const sentence = useLockSentence();
  if (entry.state.state !== 'locked') return null;
  const { reason, blocking, available_at } = entry.state;
  return (
    <EmptyState
      icon={Lock}
      title={sentence({ reason, blocking: blocking?.title, availableAt: available_at })}
      className="rounded-card border bg-surface py-20"
      action={
        blocking && (
          <Button variant="primary" asChild>
            <Link to={paths.lesson(blocking.lesson_id)}>{t('goToBlocking', { title: blocking.title })}</Link>
          </Button>
        )
      }
    >
      {t('lockedText')}
    </EmptyState>
  );
}
