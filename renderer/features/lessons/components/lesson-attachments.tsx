import { FileText, Link2, Paperclip } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useReplica, useRows, type DocOf } from '../../../data/index.ts';
import { Button, EmptyState, ExternalAnchor, Icon, toast } from '../../../ui/index.ts';

/** Files and links that belong to a lesson. */
export function LessonAttachments({ lessonId }: { lessonId: string }) {
  const { t } = useTranslation('lessons');
  const attachments = useRows('recording_attachments', { lesson_id: lessonId });
  if (!attachments) return null;
  if (attachments.length === 0) return <EmptyState icon={Paperclip} title={t('attachments.empty')} />;
  return (
    <ul className="flex flex-col gap-1">
      {attachments.map((attachment) => (
        <Attachment key={attachment.id} attachment={attachment} />
      ))}
    </ul>
  );
}

function Attachment({ attachment }: { attachment: DocOf<'recording_attachments'> }) {
  const { t } = useTranslation('lessons');
  const replica = useReplica();
  const open = async (fileId: string): Promise<void> => {
    const url = await replica.fileUrl(fileId).catch(() => null);
    if (!url) return toast.failed(t('attachments.unreachable'));
    const link = Object.assign(document.createElement('a'), {
      href: url,
      download: attachment.file_name,
      rel: 'noopener',
    });
    link.click();
    if (url.startsWith('blob:')) setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return (
    <li className="flex min-h-(--row-height) items-center gap-3" data-testid="attachment">
      <Icon of={attachment.file_id ? FileText : Link2} className="text-muted" />
      <span className="min-w-0 flex-1 clip-line" dir="auto">
        {attachment.file_url ? (
          <ExternalAnchor href={attachment.file_url}>{attachment.file_name}</ExternalAnchor>
        ) : (
          attachment.file_name
        )}
      </span>
      {attachment.file_id && (
        <Button size="sm" onClick={() => void open(attachment.file_id ?? '')} data-testid="btn-open-attachment">
          {t('attachments.open')}
        </Button>
      )}
    </li>
  );
}
