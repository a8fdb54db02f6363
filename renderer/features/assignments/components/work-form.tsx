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
import { useAutosave } from './use-autosave.ts';
import { WorkFiles } from './work-files.tsx';

/** Drafts are saved this long after the last key, and on leaving. */
const saveAfter = 2000;

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
  const [draft, setDraft] = useState(initial);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const autosave = useAutosave(save, saveAfter);

  const change = (part: Partial<WorkDraft>): void => {
    const next = { ...draft, ...part };
    autosave.keep(next);
    setDraft(next);
    setError(null);
  };
  const attach = async (picked: File[]): Promise<void> => {
    if (!settings) return;
    const limits = submissionLimits(work.assignment, settings);
    const ids = [...draft.file_ids];
    for (const file of picked) {
      if (ids.length >= limits.files) return setError(t('files.tooMany', { count: limits.files }));
      const stored = canStore({ bucket: 'assignment-submissions', bytes: file.size, mime: file.type }, limits.bytes);
      if (stored === 'too_large')
        return setError(t('files.tooLarge', { name: file.name, limit: formatBytes(limits.bytes) }));
      if (stored !== 'allowed') return setError(t('files.wrongType', { name: file.name }));
      ids.push(
        await replica.attach(file, {
          bucket: 'assignment-submissions',
          linked_table: 'submissions',
          linked_id: draft.id,
          subject_id: work.assignment.id,
        }),
      );
    }
    // At once, not after two seconds: the bytes are on this device and only the draft knows whose they are.
    change({ file_ids: ids });
    await autosave.flush();
  };
  const detach = async (id: string): Promise<void> => {
    change({ file_ids: draft.file_ids.filter((one) => one !== id) });
    if (!work.attempts.some((attempt) => attempt.file_ids.includes(id))) await replica.detach(id);
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      const verdict = await submitWork(replica, work, draft);
      if (verdict !== 'allowed')
        return setError(
          verdict === 'invalid' ? t(`missing.${work.assignment.submission_type}`) : words(`refusal.${verdict}`),
        );
      autosave.forget();
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
        <Button type="submit" variant="primary" icon={Send} busy={busy} keys="mod+enter" data-testid="btn-submit">
          {t('form.submit')}
        </Button>
      </div>
    </form>
  );
}
