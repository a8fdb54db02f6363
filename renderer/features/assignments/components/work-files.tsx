import { useTranslation } from 'react-i18next';
import { useReplica, useRows, useUpload, type DocOf } from '../../../data/index.ts';
import { FileList, toast, type FileEntry } from '../../../ui/index.ts';

/** The files of an attempt with the state of their upload; opens them, and removes them while it is a draft. */
export function WorkFiles({ ids, onRemove }: { ids: readonly string[]; onRemove?: (id: string) => void }) {
  const files = useRows('files', { id: { $in: [...ids] } });
  const replica = useReplica();
  const { t } = useTranslation('assignments');
  const open = async (file: DocOf<'files'>): Promise<void> => {
    const url = await replica.fileUrl(file.id).catch(() => null);
    if (!url) return toast.failed(t('files.unreachable'));
    Object.assign(document.createElement('a'), { href: url, download: file.original_name, rel: 'noopener' }).click();
    if (url.startsWith('blob:')) setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  const inOrder = ids.map((id) => files?.find((file) => file.id === id)).filter((file) => file !== undefined);
  return (
    <div className="flex flex-col gap-2">
      {inOrder.map((file) => (
        <OneFile key={file.id} file={file} onOpen={() => void open(file)} onRemove={onRemove} />
      ))}
    </div>
  );
}

function OneFile({
  file,
  onOpen,
  onRemove,
}: {
  file: DocOf<'files'>;
  onOpen: () => void;
  onRemove?: ((id: string) => void) | undefined;
}) {
  const { t } = useTranslation('assignments');
  const upload = useUpload(file.id);
  const entry: FileEntry = {
    id: file.id,
    name: file.original_name,
    bytes: file.bytes,
    mime: file.mime,
    ...(upload && upload.state !== 'ready' && { note: t(`files.${upload.state}`) }),
    share: upload?.state === 'uploading' ? upload.sent / Math.max(1, upload.total) : null,
  };
  return <FileList files={[entry]} onOpen={onOpen} {...(onRemove && { onRemove })} />;
}
