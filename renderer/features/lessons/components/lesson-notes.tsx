import { NotebookPen, Pencil, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBadge, useKeptText, useReplica, useRows } from '../../../data/index.ts';
import {
  Button,
  EmptyState,
  formatPosition,
  FormField,
  IconButton,
  RichText,
  SyncBadge,
  Textarea,
  TimeText,
} from '../../../ui/index.ts';
import { addNote } from '../actions.ts';
import type { NoteRow } from '../queries.ts';

type Props = {
  lessonId: string;
  /** Where the player stands, for a note at this moment; null without a player. */
  position: () => number | null;
  onSeek: (seconds: number) => void;
};

/** Private notes of a lesson: written offline, at a moment of the recording, readable by nobody else. */
export function LessonNotes({ lessonId, position, onSeek }: Props) {
  const { t } = useTranslation('lessons');
  const notes = useRows('lesson_notes', { lesson_id: lessonId });
  const sorted = useMemo(
    () => notes?.toSorted((a, b) => (a.at_seconds ?? -1) - (b.at_seconds ?? -1) || (a.id < b.id ? -1 : 1)),
    [notes],
  );
  return (
    <div className="flex flex-col gap-5">
      <NewNote key={lessonId} lessonId={lessonId} position={position} />
      {sorted?.length === 0 && (
        <EmptyState icon={NotebookPen} title={t('notes.empty')}>
          {t('notes.emptyText')}
        </EmptyState>
      )}
      <ul className="flex flex-col gap-4">
        {sorted?.map((note) => (
          <Note key={note.id} note={note} onSeek={onSeek} />
        ))}
      </ul>
    </div>
  );
}

/** Apart from the list, which need not be drawn again at every key. */
function NewNote({ lessonId, position }: Pick<Props, 'lessonId' | 'position'>) {
  const { t } = useTranslation('lessons');
  const replica = useReplica();
  const { text, change, clear } = useKeptText(`note/${lessonId}`);
  const [moment, setMoment] = useState<number | null>(null);
  const save = async (): Promise<void> => {
    if (!text?.trim()) return;
    await addNote(replica, lessonId, text.trim(), moment ?? position());
    await clear();
    setMoment(null);
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <FormField
        label={moment === null ? t('notes.new') : t('notes.newAt', { at: formatPosition(moment) })}
        name="note"
        help={t('notes.help')}
      >
        <Textarea
          value={text ?? ''}
          readOnly={text === undefined}
          maxLength={20_000}
          onFocus={() => moment === null && text === '' && setMoment(position())}
          onBlur={() => text === '' && setMoment(null)}
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              void save();
            }
          }}
        />
      </FormField>
      <Button type="submit" className="self-start" keys="mod+enter" data-testid="btn-add-note" disabled={!text?.trim()}>
        {t('notes.add')}
      </Button>
    </form>
  );
}

function Note({ note, onSeek }: { note: NoteRow; onSeek: (seconds: number) => void }) {
  const { t } = useTranslation('lessons');
  const { writes } = useReplica();
  const badge = useBadge('lesson_notes', note.id);
  const [draft, setDraft] = useState<string | null>(null);
  /** As it stood when the person began to write. */
  const [seen, setSeen] = useState(note);
  const save = async (): Promise<void> => {
    if (draft?.trim() && draft.trim() !== seen.body)
      await writes.update('lesson_notes', note.id, { body: draft.trim() }, seen);
    setDraft(null);
  };
  const edit = (): void => {
    setSeen(note);
    setDraft(note.body);
  };
  return (
    <li data-testid="note" className="group border-b pb-4 last:border-0">
      <div className="mb-1 flex items-center gap-2 text-dense text-muted">
        {note.at_seconds !== null && (
          <button
            type="button"
            data-testid="btn-seek-note"
            onClick={() => onSeek(note.at_seconds ?? 0)}
            className="font-medium text-primary-ink tabular hover:underline"
          >
            {formatPosition(note.at_seconds)}
          </button>
        )}
        {note.updated_at && <TimeText at={note.updated_at} />}
        {note.copy_of && <span>{t('notes.copy')}</span>}
        <SyncBadge state={badge} />
        <span className="ms-auto flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
          <IconButton size="sm" icon={Pencil} label={t('notes.edit')} onClick={edit} />
          <IconButton
            size="sm"
            icon={Trash2}
            label={t('notes.remove')}
            data-testid="btn-remove-note"
            onClick={() => void writes.remove('lesson_notes', note.id)}
          />
        </span>
      </div>
      {draft === null ? (
        <RichText text={note.body} />
      ) : (
        <div className="flex flex-col gap-2">
          <Textarea
            aria-label={t('notes.edit')}
            value={draft}
            maxLength={20_000}
            autoFocus
            onChange={(event) => setDraft(event.target.value)}
          />
          <div className="flex gap-2">
            <Button size="sm" onClick={() => void save()}>
              {t('notes.save')}
            </Button>
            <Button size="sm" variant="ghost" onClick={() => setDraft(null)}>
              {t('notes.cancel')}
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}
