import { useTranslation } from 'react-i18next';
import { useRows } from '../../../data/index.ts';
import { FileList } from '../../../ui/index.ts';
import { fileIdsOf } from '../written-text.ts';

/** The files a row names, with their sizes. */
export function RowFiles({ columns }: { columns: Record<string, unknown> | null }) {
  const { t } = useTranslation('sync-details');
  const ids = fileIdsOf(columns);
  const files = useRows('files', { id: { $in: ids } }) ?? [];
  if (ids.length === 0) return null;
  const entries = files.map((file) => ({ id: file.id, name: file.original_name, bytes: file.bytes, mime: file.mime }));
  return (
    <div className="mt-2">
      <p className="mb-1 text-dense text-muted">{t('files')}</p>
      <FileList files={entries} />
    </div>
  );
}
