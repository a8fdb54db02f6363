import { useTranslation } from 'react-i18next';
import { Dialog, Kbd, useShortcuts, type Shortcut, type ShortcutGroup } from '../ui/index.ts';

const order: ShortcutGroup[] = ['general', 'navigation', 'list', 'review', 'player'];

/** Two ways to the same thing stand on one line. */
const byLabel = (shortcuts: readonly Shortcut[]): [label: string, keys: string[]][] =>
  [...Map.groupBy(shortcuts, (one) => one.label)].map(([label, same]) => [label, same.map((one) => one.keys)]);

/** Every shortcut that works now, from the one registry. */
export function ShortcutSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('shell');
  const { list } = useShortcuts();
  return (
    <Dialog name="shortcuts" open={open} onOpenChange={onOpenChange} title={t('shortcuts')}>
      <div className="flex flex-col gap-6">
        {order
          .map((group) => ({ group, shortcuts: byLabel(list.filter((one) => one.group === group && one.keys !== '')) }))
          .filter(({ shortcuts }) => shortcuts.length > 0)
          .map(({ group, shortcuts }) => (
            <section key={group}>
              <h3 className="mb-1 text-dense text-muted">{t(`shortcutGroups.${group}`)}</h3>
              <dl>
                {shortcuts.map(([label, keys]) => (
                  <div
                    key={label}
                    className="flex min-h-8 items-center justify-between gap-4 border-b py-1 last:border-0"
                  >
                    <dt>{label}</dt>
                    <dd className="flex gap-2">
                      {keys.map((one) => (
                        <Kbd key={one} keys={one} />
                      ))}
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
