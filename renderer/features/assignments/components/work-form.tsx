import { Send, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { v7 as uuidv7 } from 'uuid';
import { canStore, bucketRules, submissionLimits } from '#contract/rules/files.ts';
import { useDraft, useReplica, useRows } from '../../../data/index.ts';
import { announce, Button, FileDrop, formatBytes, FormField, Notice, Textarea, TimeText } from '../../../ui/index.ts';
import { draftKey, submitWork, type WorkDraft } from '../actions.ts';
import type { WorkEntry } from '../work-list.ts';
import { LinkList } from './link-list.tsx';
import { useWorkDraft } from './use-work-draft.ts';
import { WorkFiles } from './work-files.tsx';

/** Writes an attempt: text, links or files; the draft is kept on this device until it is handed in. */
export function WorkForm({ work }: { work: WorkEntry }) {
  const stored = useDraft<WorkDraft>(draftKey(work.assignment.id));
  if (stored.value === undefined) return null;
  return (
    <Form
      key={work.assignment.id}
      work={work}
      initial={stored.value ?? startFrom(work)}
      save={stored.save}
      clear={stored.clear}
      savedAt={stored.savedAt}
    />
  );
}

/** A new attempt begins with what was declined, so that revising is editing. Files of an earlier attempt stay with it. */
const startFrom = (work: WorkEntry): WorkDraft => {
  const last = work.latest?.status === 'declined' || work.latest?.status === 'withdrawn' ? work.latest : null;
  return {
    id: uuidv7(),
    content: last?.content ?? '',
    links: [...(last?.links ?? [])],
    file_ids: [...(last?.file_ids ?? [])],
  };
};

type FormProps = {
  work: WorkEntry;
  initial: WorkDraft;
  save: (draft: WorkDraft) => Promise<void>;
  clear: () => Promise<void>;
  savedAt: Date | null;
};

function Form({ work, initial, save, clear, savedAt }: FormProps) {
  const { t } = useTranslation('assignments');
  const { t: words } = useTranslation('errors');
  const replica = useReplica();
  const settings = useRows('company_settings')?.[0];
  const { draft, now, change: changeDraft, flush, forget } = useWorkDraft(initial, save);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [attaching, setAttaching] = useState(0);

  const change = (part: Partial<WorkDraft>): void => {
    changeDraft(part);
    setError(null);
  };
  const attach = async (picked: File[]): Promise<void> => {
    if (!settings) return;
    setError(null);
    setAttaching((count) => count + 1);
    try {
      for (const file of picked) {
        const problem = await attachOne(file, submissionLimits(work.assignment, settings));
        if (problem) return setError(problem);
      }
    } finally {
      setAttaching((count) => count - 1);
    }
  };
  /** Why a file is not taken; null once it is copied and the draft, which alone knows whose it is, is saved with it. */
  const attachOne = async (file: File, limits: ReturnType<typeof submissionLimits>): Promise<string | null> => {
    if (now().file_ids.length >= limits.files) return t('files.tooMany', { count: limits.files });
    const stored = canStore({ bucket: 'assignment-submissions', bytes: file.size, mime: file.type }, limits.bytes);
    if (stored === 'too_large') return t('files.tooLarge', { name: file.name, limit: formatBytes(limits.bytes) });
    if (stored !== 'allowed') return t('files.wrongType', { name: file.name });
    const id = await replica.attach(file, {
      bucket: 'assignment-submissions',
      linked_table: 'submissions',
      linked_id: draft.id,
      subject_id: work.assignment.id,
    });
    changeDraft({ file_ids: [...now().file_ids, id] });
    await flush();
    return null;
  };
  const detach = async (id: string): Promise<void> => {
    change({ file_ids: now().file_ids.filter((one) => one !== id) });
    if (!work.attempts.some((attempt) => attempt.file_ids.includes(id))) await replica.detach(id);
  };
  const submit = async (): Promise<void> => {
    // Half of the files would be handed in.
    if (attaching > 0) return;
    setBusy(true);
    try {
      const verdict = await submitWork(replica, work, draft);
      if (verdict !== 'allowed')
        return setError(
          verdict === 'invalid' ? t(`missing.${work.assignment.submission_type}`) : words(`refusal.${verdict}`),
        );
      forget();
      await clear();
      announce(t('submitted'));
    } finally {
      setBusy(false);
    }
  };
  const kind = work.assignment.submission_type;
  const count = draft.content.trim() === '' ? 0 : draft.content.trim().split(/\s+/u).length;
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
      }}
    >
      {kind === 'file' && settings && (
        <FileDrop
          onFiles={(files) => void attach(files)}
          accept={bucketRules['assignment-submissions'].types.join(',')}
          help={t('files.help', {
            count: submissionLimits(work.assignment, settings).files,
            limit: formatBytes(submissionLimits(work.assignment, settings).bytes),
          })}
        >
          {draft.file_ids.length > 0 && (
            <div className="mb-4">
              <WorkFiles ids={draft.file_ids} onRemove={(id) => void detach(id)} />
            </div>
          )}
        </FileDrop>
      )}
      {kind === 'link' && <LinkList links={draft.links} onChange={(links) => change({ links })} />}
      <FormField
        label={kind === 'text' ? t('form.text') : t('form.comment')}
        name="content"
        optional={kind !== 'text'}
        help={t('form.words', { count })}
        aside={
          savedAt && (
            <span className="text-caption text-muted" data-testid="draft-saved">
              {t('form.savedHere')} <TimeText at={savedAt} />
            </span>
          )
        }
      >
        <Textarea
          className={kind === 'text' ? 'min-h-56' : 'min-h-24'}
          maxLength={20_000}
          value={draft.content}
          onChange={(event) => change({ content: event.target.value })}
        />
      </FormField>
      {error && (
        <Notice tone="bad" icon={TriangleAlert}>
          <span role="alert" data-testid="form-error">
            {error}
          </span>
        </Notice>
      )}
      <div>
        <Button
          type="submit"
          variant="primary"
          icon={Send}
          busy={busy || attaching > 0}
          keys="mod+enter"
          data-testid="btn-submit"
        >
          {t('form.submit')}
        </Button>
      </div>
    </form>
  );
}
