import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePending, useReplica, type PendingItem } from '../../../data/index.ts';
import { Card, ConfirmDialog, formatBytes, IconButton, SyncBadge, TimeText } from '../../../ui/index.ts';
import { useDescribe } from '../describe.ts';

/** What waits to be sent: what, when, size, tries, next try. */
export function QueueTable() {
  const { t } = useTranslation('sync-details');
  const pending = usePending();
  const describe = useDescribe();
  const replica = useReplica();
  const [dropping, setDropping] = useState<PendingItem | null>(null);
  if (pending.length === 0) {
    return (
      <Card>
        <p className="text-muted">{t('queue.empty')}</p>
      </Card>
    );
  }
  const nameOf = (item: PendingItem): string => {
    const { what, about } = describe(item.type, item.id, item.set);
    return [what, about].filter(Boolean).join(' · ');
  };
  return (
    <Card padded={false} className="overflow-x-auto">
      <table data-testid="queue" className="w-full text-dense tabular">
        <thead className="border-b text-start text-muted">
          <tr>
            {(['what', 'when', 'size', 'tries', 'next'] as const).map((column) => (
              <th
                key={column}
                scope="col"
                className={`px-4 py-2 font-medium whitespace-nowrap ${column === 'size' || column === 'tries' ? 'text-end' : 'text-start'}`}
              >
                {t(`queue.${column}`)}
              </th>
            ))}
            <th scope="col" className="w-10">
              <span className="sr-only">{t('queue.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {pending.map((item) => (
            <tr key={item.key} data-testid={`queue-${item.key}`} className="h-(--row-height)">
              <td className="max-w-80 px-4">
                <span className="flex items-center gap-2">
                  <SyncBadge state={item.state} />
                  <span className="clip-line" dir="auto">
                    {nameOf(item)}
                  </span>
                </span>
              </td>
              <td className="px-4">
                <TimeText at={item.createdAt} />
              </td>
              <td className="px-4 text-end">{item.bytes === null ? '—' : formatBytes(item.bytes)}</td>
              <td className="px-4 text-end">{item.tries}</td>
              <td className="px-4">
                {item.state === 'sending' ? t('queue.now') : <TimeText at={item.nextTryAt} upcoming />}
              </td>
              <td className="pe-2 text-end">
                <IconButton
                  icon={Trash2}
                  size="sm"
                  label={t('queue.discardOne', { name: nameOf(item) })}
                  onClick={() => setDropping(item)}
                  data-testid="btn-discard-pending"
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ConfirmDialog
        name="discard-pending"
        open={dropping !== null}
        onOpenChange={(open) => !open && setDropping(null)}
        title={t('queue.discardTitle')}
        description={dropping ? t('queue.discardText', { name: nameOf(dropping) }) : ''}
        confirm={t('queue.discard')}
        onConfirm={async () => {
          if (dropping) await replica.discardPending(dropping.key);
        }}
      />
    </Card>
  );
}
