import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, ExternalAnchor, FormField, IconButton, Input } from '../../../ui/index.ts';

const most = 10;
const isSecure = (text: string): boolean =>
  URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).hostname.includes('.');

/** Links of an attempt: only https, at most ten. */
export function LinkList({ links, onChange }: { links: readonly string[]; onChange: (links: string[]) => void }) {
  const { t } = useTranslation('assignments');
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const add = (): void => {
    const link = text.trim();
    if (!isSecure(link)) return setError(t('links.invalid'));
    if (links.includes(link)) return setError(t('links.twice'));
    onChange([...links, link]);
    setText('');
    setError(null);
  };
  return (
    <div className="flex flex-col gap-3">
      {links.length > 0 && (
        <ul className="divide-y divide-line rounded-card border">
          {links.map((link) => (
            <li key={link} className="flex min-h-11 items-center gap-3 px-3">
              <span className="min-w-0 flex-1 clip-line">
                <ExternalAnchor href={link}>{link}</ExternalAnchor>
              </span>
              <IconButton
                size="sm"
                icon={X}
                label={t('links.remove', { link })}
                onClick={() => onChange(links.filter((one) => one !== link))}
              />
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-end gap-2">
        <FormField label={t('links.label')} name="link" error={error} className="flex-1">
          <Input
            type="url"
            value={text}
            placeholder="https://"
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              add();
            }}
          />
        </FormField>
        <Button
          icon={Plus}
          reason={links.length >= most ? t('links.most', { count: most }) : null}
          onClick={add}
          data-testid="btn-add-link"
        >
          {t('links.add')}
        </Button>
      </div>
    </div>
  );
}
