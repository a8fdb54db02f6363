import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { cx, IconButton, TimeText } from '../../../ui/index.ts';
import type { Note } from '../inbox.ts';
import { NoteIcon } from './note-icon.tsx';

/** One line of the inbox: the whole line opens it; what is unread carries a dot and weight. */
export function NoteRow({
  note,
  onOpen,
  onDismiss,
  compact = false,
}: {
  note: Note;
  onOpen: () => void;
  onDismiss?: () => void;
  compact?: boolean;
}) {
  const { t } = useTranslation('notifications');
  const unread = note.read_at === null;
  return (
    <li
      data-testid={`notification-${note.id}`}
      data-unread={unread}
      className="row-lazy group relative flex items-start gap-3 px-4 py-3 hover:bg-subtle"
    >
      <NoteIcon kind={note.template_key ?? note.type} />
      <div className="min-w-0 flex-1">
        <button
          type="button"
          onClick={onOpen}
          className={cx(
            'block max-w-full text-start after:absolute after:inset-0',
            unread ? 'font-medium' : 'text-ink',
            compact && 'clip-line',
          )}
          dir="auto"
        >
          {unread && <span className="sr-only">{t('unread')}: </span>}
          {note.title}
        </button>
        <p className={cx('text-dense text-muted', compact && 'line-clamp-2')} dir="auto">
          {note.body}
        </p>
        <TimeText at={note.sent_at} className="text-caption text-muted" />
      </div>
      <span className={cx('mt-2 size-2 shrink-0 rounded-full', unread && 'bg-primary')} aria-hidden="true" />
      {onDismiss && (
        <IconButton
          icon={X}
          size="sm"
          label={t('dismiss', { title: note.title })}
          onClick={onDismiss}
          className="relative z-10 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
        />
      )}
    </li>
  );
}
