import { Keyboard, LogOut, Monitor, Moon, RefreshCw, Sun, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useReplica, useRow } from '../data/index.ts';
import { useSession } from '../platform/index.ts';
import { paths } from '../platform/links.ts';
import { Avatar, DropdownMenu, type MenuItem } from '../ui/index.ts';
import { useAppearance, type Theme } from './appearance.ts';
import { SignOutDialog } from './sign-out-dialog.tsx';

const themes: { theme: Theme; icon: typeof Sun }[] = [
  { theme: 'system', icon: Monitor },
  { theme: 'light', icon: Sun },
  { theme: 'dark', icon: Moon },
];

/** Who is signed in, as the replica knows them; the name of the sign-in until it does. */
export const useMe = (): { name: string; email: string } => {
  const replica = useReplica();
  const row = useRow('users', replica.actor.id);
  const session = useSession();
  return { name: row?.full_name ?? session.user?.full_name ?? '', email: session.user?.email ?? row?.email ?? '' };
};

/** Profile, sync details, theme, shortcuts, sign out. */
export function AvatarMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const me = useMe();
  const { theme, setTheme } = useAppearance();
  const [leaving, setLeaving] = useState(false);
  const items: MenuItem[] = [
    {
      heading: (
        <span className="block min-w-0">
          <span className="block clip-line text-base font-medium text-ink" dir="auto">
            {me.name}
          </span>
          <span className="block clip-line">{me.email}</span>
        </span>
      ),
    },
    { separator: true },
    {
      label: t('screens.profile'),
      icon: UserRound,
      onSelect: () => void navigate(paths.profile),
      testId: 'menu-profile',
    },
    { label: t('screens.sync'), icon: RefreshCw, onSelect: () => void navigate(paths.sync), testId: 'menu-sync' },
    { label: t('shortcuts'), icon: Keyboard, keys: 'f1', onSelect: onShortcuts, testId: 'menu-shortcuts' },
    { separator: true },
    { heading: t('theme.title') },
    ...themes.map((one) => ({
      label: t(`theme.${one.theme}`),
      icon: one.icon,
      checked: theme === one.theme,
      onSelect: () => setTheme(one.theme),
      testId: `menu-theme-${one.theme}`,
    })),
    { separator: true },
    { label: t('signOut.action'), icon: LogOut, onSelect: () => setLeaving(true), testId: 'menu-sign-out' },
  ];
  return (
    <>
      <DropdownMenu
        items={items}
        label={t('account')}
        trigger={
          <button type="button" data-testid="btn-account" className="ms-1 shrink-0 rounded-full">
            <Avatar name={me.name || '?'} />
            <span className="sr-only">{t('accountOf', { name: me.name })}</span>
          </button>
        }
      />
      <SignOutDialog open={leaving} onOpenChange={setLeaving} />
    </>
  );
}
