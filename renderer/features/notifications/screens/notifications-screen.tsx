import { BellOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWrites } from '../../../data/index.ts';
import {
  Button,
  Card,
  EmptyState,
  FilterChips,
  Loading,
  Page,
  PageHeader,
  Skeleton,
  toast,
} from '../../../ui/index.ts';
import { NoteRow } from '../components/note-row.tsx';
import { useInbox, useInboxActions, type Note } from '../inbox.ts';

type Filter = 'all' | 'unread';

/** S10. The inbox: the last 200. */
export default function NotificationsScreen() {
  const { t } = useTranslation('notifications');
  const inbox = useInbox();
  const { markRead, dismiss, open } = useInboxActions();
  const writes = useWrites();
  const [filter, setFilter] = useState<Filter>('all');
  const unread = inbox?.filter((note) => note.read_at === null) ?? [];
  const shown = filter === 'unread' ? unread : (inbox ?? []);
  const drop = async (note: Note): Promise<void> => {
    await dismiss(note);
    toast.done(t('dismissed'), {
      label: t('undo'),
      run: () => void writes.update('notifications', note.id, { dismissed_at: null }),
    });
  };
  return (
    <Page className="max-w-[820px]!">
      <PageHeader
        title={t('title')}
        actions={
          unread.length > 0 && (
            <Button onClick={() => void markRead(unread)} data-testid="btn-mark-all-read">
              {t('markAllRead')}
            </Button>
          )
        }
      >
        <FilterChips<Filter>
          label={t('filter.label')}
          value={filter}
          onChange={setFilter}
          items={[
            { value: 'all', label: t('filter.all') },
            { value: 'unread', label: t('filter.unread'), count: unread.length },
          ]}
        />
      </PageHeader>
      <Loading when={inbox === undefined} skeleton={<Skeleton className="h-64 rounded-card" />}>
        {shown.length === 0 ? (
          <EmptyState icon={BellOff} title={filter === 'unread' ? t('empty.allRead') : t('empty.title')}>
            {t('empty.text')}
          </EmptyState>
        ) : (
          <Card padded={false} className="overflow-hidden">
            <ul aria-label={t('title')} className="divide-y divide-line">
              {shown.map((note) => (
                <NoteRow key={note.id} note={note} onOpen={() => void open(note)} onDismiss={() => void drop(note)} />
              ))}
            </ul>
          </Card>
        )}
      </Loading>
    </Page>
  );
}
