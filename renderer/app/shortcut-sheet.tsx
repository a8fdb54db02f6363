import { useTranslation } from 'react-i18next';
import { Dialog, Kbd, useShortcuts, type ShortcutGroup } from '../ui/index.ts';

const order: ShortcutGroup[] = ['general', 'navigation', 'list', 'review', 'player'];

/** Every shortcut that works now, from the one registry. */
export function ShortcutSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('shell');
  const { list } = useShortcuts();
  return (
    <Dialog name="shortcuts" open={open} onOpenChange={onOpenChange} title={t('shortcuts')}>
      <div className="flex flex-col gap-6">
        {order
          .map((group) => ({ group, shortcuts: list.filter((one) => one.group === group) }))
          .filter(({ shortcuts }) => shortcuts.length > 0)
          .map(({ group, shortcuts }) => (
            <section key={group}>
              <h3 className="mb-1 text-dense text-muted">{t(`shortcutGroups.${group}`)}</h3>
              <dl>
                {shortcuts.map((one) => (
                  <div key={one.id} className="flex min-h-8 items-center justify-between gap-4 border-b py-1 last:border-0">
                    <dt>{one.label}</dt>
                    <dd>
                      <Kbd keys={one.keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
    </Dialog>
  );
}
