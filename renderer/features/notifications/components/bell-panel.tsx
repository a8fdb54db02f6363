import { BellOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../../platform/links.ts';
import { Button, EmptyState } from '../../../ui/index.ts';
import { useInbox, useInboxActions } from '../inbox.ts';
import { NoteRow } from './note-row.tsx';

/** The bell's panel: the latest eight, mark all read, and the way to the whole inbox. */
export function BellPanel({ close }: { close: () => void }) {
  const { t } = useTranslation('notifications');
  const inbox = useInbox(8) ?? [];
  const { markRead, open } = useInboxActions();
  const unread = inbox.filter((note) => note.read_at === null);
  return (
    <div data-testid="bell-panel" className="flex max-h-[min(560px,80vh)] flex-col">
      <div className="flex h-12 shrink-0 items-center justify-between border-b ps-4 pe-2">
        <h2 className="text-base">{t('title')}</h2>
        {unread.length > 0 && (
          <Button variant="ghost" size="sm" onClick={() => void markRead(unread)} data-testid="btn-mark-all-read">
            {t('markAllRead')}
          </Button>
        )}
      </div>
      {inbox.length === 0 ? (
        <EmptyState icon={BellOff} title={t('empty.title')} className="py-8">
          {t('empty.text')}
        </EmptyState>
      ) : (
        <ul className="min-h-0 flex-1 divide-y divide-line overflow-y-auto">
          {inbox.map((note) => (
            <NoteRow
              key={note.id}
              note={note}
              compact
              onOpen={() => {
                close();
                void open(note);
              }}
            />
          ))}
        </ul>
      )}
      <Link
        to={paths.notifications}
        onClick={close}
        className="border-t px-4 py-3 text-center text-dense font-medium text-primary-ink no-underline hover:bg-subtle"
      >
        {t('showAll')}
      </Link>
    </div>
  );
}
