import { useTranslation } from 'react-i18next';
import { Button, CopyButton, Dialog } from '../../../ui/index.ts';

/** The codes, shown this once. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation('profile');
  return (
    <Dialog
      name="recovery-codes"
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('second.codesTitle')}
      description={t('second.codesText')}
      footer={
        <>
          <CopyButton text={codes.join('\n')} label={t('second.copyCodes')} size="md" />
          <Button variant="primary" onClick={onClose} data-testid="btn-codes-kept">
            {t('second.codesKept')}
          </Button>
        </>
      }
    >
      <ol dir="ltr" data-testid="recovery-codes" className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
        {codes.map((code) => (
          <li key={code}>
            <code className="block rounded-control bg-subtle px-3 py-2 text-center">{code}</code>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
