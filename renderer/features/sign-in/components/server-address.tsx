import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import type { DesktopBridge } from '#desktop/index.ts';
import { Button, FormField, Input } from '../../../ui/index.ts';

const addressSchema = z.url({ protocol: /^https?$/ });

/** Which server this app talks to; changing it starts the app anew. */
export function ServerAddress({ bridge }: { bridge: DesktopBridge }) {
  const { t } = useTranslation('sign-in');
  const [known, setKnown] = useState('');
  const [url, setUrl] = useState('');
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    void bridge.invoke('app.info', undefined).then((info) => {
      setKnown(info.server_url);
      setUrl(info.server_url);
    });
  }, [bridge]);
  const save = async (): Promise<void> => {
    const parsed = addressSchema.safeParse(url.trim());
    setWrong(!parsed.success);
    if (parsed.success) setWrong(!(await bridge.invoke('app.setServer', { url: parsed.data })).ok);
  };
  return (
    <div className="flex flex-col gap-3 px-2 pt-1">
      <FormField name="server" label={t('server')} help={t('serverHelp')} error={wrong ? t('serverWrong') : null}>
        <Input value={url} onChange={(event) => setUrl(event.target.value)} spellCheck={false} autoCapitalize="none" />
      </FormField>
      <div>
        <Button
          reason={url.trim() === known ? t('serverSame') : null}
          onClick={() => void save()}
          data-testid="btn-save-server"
        >
          {t('saveServer')}
        </Button>
      </div>
    </div>
  );
}
