import { Command } from 'cmdk';
import { ArrowRight, FileCheck, Search, SquarePlay, Zap } from 'lucide-react';
import { Dialog as D } from 'radix-ui';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useReplica } from '../data/index.ts';
import { cx, Icon, Kbd, useShortcuts, type LucideIcon } from '../ui/index.ts';
import { rememberChosen, recentlyChosen } from './palette-recent.ts';
import { useFindable } from './use-findable.ts';
import { useScreens } from './screens-context.tsx';

type Entry = { id: string; label: string; detail?: string; icon: LucideIcon; keys?: string; run: () => void };

/** Everything one can go to or do, by name; works on the replica, so offline too. `>` shows only actions. */
export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('shell');
  return (
    <D.Root open={open} onOpenChange={onOpenChange}>
      <D.Portal>
        <D.Overlay className="fixed inset-0 z-40 bg-scrim animate-fade" />
        <D.Content
          data-testid="dialog-palette"
          aria-describedby={undefined}
          className="fixed inset-x-0 top-[12vh] z-40 mx-auto w-[calc(100vw-64px)] max-w-[600px] overflow-hidden rounded-card border bg-surface shadow-float animate-fade outline-none"
        >
          <D.Title className="sr-only">{t('palette.title')}</D.Title>
          <PaletteBody close={() => onOpenChange(false)} />
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const { t } = useTranslation('shell');
  const [typed, setTyped] = useState('');
  const { places, actions, found } = useEntries(close);
  // The field first, which a fast hand types into at once; the entries are drawn behind it, in pieces.
  const filled = useDeferredValue(true, false);
  const onlyActions = typed.startsWith('>');
  const recent = recentlyChosen();
  const rank = (list: Entry[]): Entry[] => list.toSorted((a, b) => recent.indexOf(b.id) - recent.indexOf(a.id));
  return (
    <Command
      label={t('palette.title')}
      loop
      filter={(value, search, words) => score([value, ...(words ?? [])], search.replace(/^>/, ''))}
    >
      <div className="flex items-center gap-3 border-b px-4">
        <Icon of={Search} className="text-muted" />
        <Command.Input
          value={typed}
          onValueChange={setTyped}
          placeholder={t('palette.placeholder')}
          data-testid="field-palette"
          className="h-12 flex-1 bg-transparent outline-none placeholder:text-muted"
        />
      </div>
      <Command.List className="max-h-[min(420px,60vh)] overflow-y-auto p-2">
        {filled && (
          <>
            <Command.Empty className="px-3 py-8 text-center text-muted">{t('palette.empty')}</Command.Empty>
            {!onlyActions && <Group heading={t('palette.places')} entries={rank(places)} />}
            <Group heading={t('palette.actions')} entries={rank(actions)} />
            {!onlyActions && typed.length > 1 && <Group heading={t('palette.found')} entries={found} />}
          </>
        )}
      </Command.List>
    </Command>
  );
}

function Group({ heading, entries }: { heading: string; entries: readonly Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-caption [&_[cmdk-group-heading]]:text-muted"
    >
      {entries.map((entry) => (
        <Command.Item
          key={entry.id}
          value={entry.id}
          keywords={[entry.label, entry.detail ?? '']}
          onSelect={() => {
            rememberChosen(entry.id);
            entry.run();
          }}
          className={cx('flex min-h-9 items-center gap-3 rounded-control px-3 data-[selected=true]:bg-subtle')}
        >
          <Icon of={entry.icon} className="text-muted" />
          <span className="clip-line flex-1" dir="auto">
            {entry.label}
          </span>
          {entry.detail && <span className="clip-line max-w-52 text-dense text-muted">{entry.detail}</span>}
          {entry.keys && <Kbd keys={entry.keys} />}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** Case and accents do not matter; every typed word must stand somewhere in the name. The id is not searched. */
const score = ([, ...names]: string[], search: string): number => {
  const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const hay = plain(names.join(' '));
  const words = plain(search).split(/\s+/).filter(Boolean);
  if (!words.every((word) => hay.includes(word))) return 0;
  return hay.startsWith(words.join(' ')) ? 1 : 0.6;
};

function useEntries(close: () => void): { places: Entry[]; actions: Entry[]; found: Entry[] } {
  const { t } = useTranslation('shell');
  const { actor } = useReplica();
  const navigate = useNavigate();
  const screens = useScreens();
  const shortcuts = useShortcuts((state) => state.list);
  const findable = useFindable();
  const go = (path: string) => (): void => {
    close();
    void navigate(path);
  };
  return {
    places: screens
      .filter((screen) => screen.roles.includes(actor.role) && (screen.nav || !screen.params))
      .map((screen) => ({
        id: `go:${screen.path}`,
        label: t(`screens.${screen.id}`),
        icon: screen.nav ? screen.icon : ArrowRight,
        run: go(screen.path),
      })),
    actions: shortcuts
      .filter((one) => one.palette)
      .map((one) => ({
        id: `do:${one.id}`,
        label: one.label,
        icon: Zap,
        keys: one.keys || undefined,
        run: () => {
          close();
          one.run();
        },
      })),
    found: findable.map((item) => ({
      id: `find:${item.path}`,
      label: item.label,
      detail: item.detail,
      icon: item.kind === 'lesson' ? SquarePlay : FileCheck,
      run: go(item.path),
    })),
  };
}
