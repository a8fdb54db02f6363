import { Check, Info, PencilLine, RotateCcw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { canReopen } from '#contract/rules/reviewing.ts';
import type { SubmissionReview } from '#contract/tables/submissions.ts';
import { useBadge, useKeptText, useReplica, useRows } from '../../../data/index.ts';
import {
  announce,
  Button,
  Card,
  DiffView,
  Disclosure,
  ExternalAnchor,
  Facts,
  FileList,
  FormField,
  Notice,
  PersonCell,
  RichText,
  Section,
  StatusBadge,
  SyncBadge,
  Textarea,
  TimeText,
  useRegisterShortcuts,
} from '../../../ui/index.ts';
import { Comments, ReceiptButton } from '../../assignments/index.ts';
import { reviewWork, statusWith } from '../actions.ts';
import type { ReviewEntry } from '../review-list.ts';
import { FilePreview } from './file-preview.tsx';

type Props = { entry: ReviewEntry; own: SubmissionReview | undefined; onDecided: () => void };

/** Reads one piece of work and decides it. */
export function ReviewPane({ entry, own, onDecided }: Props) {
  const { t } = useTranslation('mentor');
  const { submission, assignment, lesson, course, person, student } = entry;
  const status = statusWith(entry, own);
  const files = useRows('files', { id: { $in: submission.file_ids } }) ?? [];
  const [open, setOpen] = useState<string | null>(null);
  const shown = files.find((file) => file.id === (open ?? submission.file_ids[0]));
  const previous = entry.others.find((other) => other.version < submission.version);
  return (
    <article className="grid gap-8 min-[1440px]:grid-cols-[minmax(0,1fr)_280px]" aria-label={t('work')}>
      <div className="min-w-0">
        <header className="mb-5 flex flex-wrap items-center gap-3">
          <div className="min-w-0 flex-1">
            <h2 className="text-section" dir="auto">
              {assignment?.name}
            </h2>
            <p className="text-dense text-muted">
              {t('version', { version: submission.version })} · <TimeText at={submission.submitted_at} style="exact" />
              {submission.is_late && ` · ${t('late')}`}
            </p>
          </div>
          <ReceiptButton attempt={submission} name={assignment?.name ?? ''} />
          <StatusBadge kind="submission" value={status} />
        </header>
        {submission.content && <RichText text={submission.content} />}
        {submission.links.length > 0 && (
          <ul className="mt-4 flex flex-col gap-1">
            {submission.links.map((link) => (
              <li key={link}>
                <ExternalAnchor href={link}>{link}</ExternalAnchor>
              </li>
            ))}
          </ul>
        )}
        {files.length > 0 && (
          <div className="mt-5 flex flex-col gap-4">
            <FileList
              files={files.map((file) => ({
                id: file.id,
                name: file.original_name,
                bytes: file.bytes,
                mime: file.mime,
              }))}
              onOpen={setOpen}
            />
            {shown && <FilePreview key={shown.id} file={shown} />}
          </div>
        )}
        {previous && (
          <Disclosure
            className="mt-6"
            title={<span className="font-medium">{t('compare', { version: previous.version })}</span>}
          >
            <DiffView
              className="pt-2"
              first={{
                title: t('version', { version: previous.version }),
                text: previous.content ?? '',
                children: previous.notes && <p className="text-dense">{previous.notes}</p>,
              }}
              second={{ title: t('version', { version: submission.version }), text: submission.content ?? '' }}
            />
          </Disclosure>
        )}
        <Decision key={submission.id} entry={entry} own={own} onDecided={onDecided} />
      </div>
      <aside className="min-w-0">
        <Section title={t('student')}>
          <PersonCell name={person?.full_name ?? t('unknownStudent')} detail={student?.student_number} />
          <Facts
            className="mt-4"
            items={[
              { label: t('facts.course'), value: course?.title },
              { label: t('facts.lesson'), value: lesson?.recording_title },
              {
                label: t('facts.active'),
                value: person?.last_active_at ? <TimeText at={person.last_active_at} /> : null,
              },
            ]}
          />
        </Section>
        {assignment?.description && (
          <Section title={t('brief')}>
            <RichText text={assignment.description} className="text-base" />
          </Section>
        )}
      </aside>
    </article>
  );
}

type Choice = 'approved' | 'declined';

function Decision({ entry, own, onDecided }: Props) {
  const { t } = useTranslation('mentor');
  const { t: words } = useTranslation('errors');
  const replica = useReplica();
  const badge = useBadge('submission_reviews', own?.id);
  const [choice, setChoice] = useState<Choice | null>(null);
  const { text: notes, change: setNotes, clear: clearNotes } = useKeptText(`review/${entry.submission.id}`);
  const [error, setError] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const { submission } = entry;
  const status = statusWith(entry, own);
  const canDecide = status === 'pending' && entry.isLatest;
  const begin = (next: Choice): void => {
    setChoice(next);
    setError(null);
  };
  // The keys open the note first, so that nothing is decided by a slip of the finger.
  useEffect(() => {
    if (choice) box.current?.focus();
  }, [choice]);
  useRegisterShortcuts(
    canDecide
      ? [
          { id: 'review.approve', keys: 'a', label: t('approve'), group: 'review', run: () => begin('approved') },
          { id: 'review.decline', keys: 'd', label: t('decline'), group: 'review', run: () => begin('declined') },
        ]
      : [],
  );
  const decide = async (decision: SubmissionReview['decision']): Promise<void> => {
    const verdict = await reviewWork(replica, entry, decision, notes ?? '');
    if (verdict !== 'allowed') return setError(verdict === 'invalid' ? t('notesNeeded') : words(`refusal.${verdict}`));
    announce(t(`decided.${decision as Choice | 'reopened'}`));
    await clearNotes();
    setChoice(null);
    if (decision !== 'reopened') onDecided();
  };
  const reopenable =
    status !== 'pending' &&
    canReopen(replica.actor, {
      submission,
      latestVersion: entry.isLatest ? submission.version : Infinity,
      laterLessonWatched: false,
      inScope: true,
      now: new Date().toISOString(),
    }) === 'allowed';
  if (!entry.isLatest)
    return (
      <Notice tone="info" icon={Info} className="mt-8">
        {t('newerVersion')}
      </Notice>
    );
  return (
    <section aria-label={t('decision')} className="mt-8 border-t pt-6">
      {canDecide && (
        <>
          {choice && (
            <FormField
              label={choice === 'approved' ? t('noteForApproval') : t('noteForDecline')}
              name="review-notes"
              error={error}
              optional={choice === 'approved'}
              className="mb-4"
            >
              <Textarea
                ref={box}
                maxLength={5000}
                value={notes ?? ''}
                readOnly={notes === undefined}
                onChange={(event) => setNotes(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                    event.preventDefault();
                    void decide(choice);
                  }
                  if (event.key === 'Escape') setChoice(null);
                }}
              />
            </FormField>
          )}
          <div className="flex flex-wrap gap-2">
            {choice === null ? (
              <>
                <Button
                  variant="primary"
                  icon={Check}
                  keys="a"
                  onClick={() => begin('approved')}
                  data-testid="btn-approve"
                >
                  {t('approve')}
                </Button>
                <Button icon={PencilLine} keys="d" onClick={() => begin('declined')} data-testid="btn-decline">
                  {t('decline')}
                </Button>
              </>
            ) : (
              <>
                <Button
                  variant="primary"
                  keys="mod+enter"
                  onClick={() => void decide(choice)}
                  data-testid="btn-send-decision"
                >
                  {choice === 'approved' ? t('approve') : t('decline')}
                </Button>
                <Button variant="ghost" onClick={() => setChoice(null)}>
                  {t('cancel')}
                </Button>
              </>
            )}
          </div>
        </>
      )}
      {!canDecide && (
        <Card className="flex flex-col gap-3" data-testid="decision">
          <p className="flex flex-wrap items-center gap-3">
            <StatusBadge kind="submission" value={status} />
            <SyncBadge state={badge} words />
            {badge === 'waiting' && <span className="text-dense text-muted">{t('decisionWaiting')}</span>}
            {submission.reviewed_at && <TimeText at={submission.reviewed_at} className="text-dense text-muted" />}
          </p>
          {(submission.notes ?? own?.notes) && <RichText text={submission.notes ?? own?.notes ?? ''} />}
          <Comments submissionId={submission.id} />
          {error && (
            <p role="alert" className="text-dense text-bad">
              {error}
            </p>
          )}
          {reopenable && (
            <Button
              size="sm"
              icon={RotateCcw}
              className="self-start"
              onClick={() => void decide('reopened')}
              data-testid="btn-reopen"
            >
              {t('reopen')}
            </Button>
          )}
        </Card>
      )}
    </section>
  );
}
