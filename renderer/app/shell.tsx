import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet, useLocation, useMatches, useNavigate, type UIMatch, useNavigationType } from 'react-router';
import { useReplica, useSyncFact } from '../data/index.ts';
import { desktop } from '../platform/index.ts';
import { linkPath } from '../platform/links.ts';
import {
  ConnectionContext,
  LiveRegion,
  NowProvider,
  Toaster,
  toast,
  useRegisterShortcuts,
  useShortcutListener,
} from '../ui/index.ts';
import { useAppearance } from './appearance.ts';
import { BannerSlot } from './banner-slot.tsx';
import { CommandPalette } from './command-palette.tsx';
import { NoAccess } from './route-error.tsx';
import { landing, navOf, ways, type ScreenRoute } from './screen-route.ts';
import { useScreens } from './screens-context.tsx';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { Sidebar } from './sidebar.tsx';
import { TitleBar } from './title-bar.tsx';
import { useKeptFocus } from './use-kept-focus.ts';
import { useMedia } from './use-media.ts';
import { usePreloadedScreens } from './use-preloaded-screens.ts';
import { useSystemNotices } from './use-system-notices.ts';
import { useUnlockNews } from './use-unlock-news.ts';
import { useWriteTroubles } from './use-write-troubles.ts';

/** The frame of every screen. Below 1100 px the sidebar is a rail and the side panel lies over the page. */
export function Shell() {
  const { t } = useTranslation('shell');
  const replica = useReplica();
  const { role } = replica.actor;
  const narrow = useMedia('(max-width: 1099px)');
  const { collapsed, toggleSidebar } = useAppearance();
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [bell, setBell] = useState(false);
  const read = useMemo(() => () => replica.trustedNow() ?? new Date(), [replica]);
  const online = useSyncFact(({ status }) => !['offline', 'outdated', 'unreachable', 'expired'].includes(status));

  useGlobalShortcuts({
    openPalette: () => setPalette((was) => !was),
    openSheet: () => setSheet(true),
    toggleBell: () => setBell((was) => !was),
  });
  useShortcutListener();
  useDeepLinks();
  usePreloadedScreens(role);

  return (
    <ConnectionContext value={online}>
      <NowProvider read={read}>
        <a
          href="#content"
          data-testid="skip-link"
          onClick={(event) => {
            // The hash belongs to the router: move the focus by hand.
            event.preventDefault();
            document.getElementById('content')?.focus();
          }}
          className="sr-only z-50 rounded-control bg-surface px-3 py-2 font-medium focus:not-sr-only focus:fixed focus:start-3 focus:top-2"
        >
          {t('skip')}
        </a>
        <div className="flex h-full min-h-0 flex-col">
          <div className="flex min-h-0 flex-1">
            <Sidebar role={role} rail={narrow || collapsed} onHelp={() => setSheet(true)} />
            <div className="flex min-w-0 flex-1 flex-col">
              <TitleBar
                onToggleSidebar={toggleSidebar}
                onSearch={() => setPalette(true)}
                onShortcuts={() => setSheet(true)}
                bellOpen={bell}
                onBell={setBell}
              />
              <BannerSlot />
              <div className="relative flex min-h-0 flex-1">
                <Content />
              </div>
            </div>
          </div>
        </div>
        <CommandPalette open={palette} onOpenChange={setPalette} />
        <ShortcutSheet open={sheet} onOpenChange={setSheet} />
        <LiveRegion />
        <Toaster />
        <News />
      </NowProvider>
    </ConnectionContext>
  );
}

/** Follows the rows that are told outside of any screen; apart, so that the frame is not drawn anew with each of them. */
function News() {
  useUnlockNews();
  useWriteTroubles();
  useSystemNotices(desktop);
  return null;
}

/** The page. A new page starts at its top with the focus on it, so that the keyboard and a screen reader are there too. */
function Content() {
  const main = useRef<HTMLElement>(null);
  useKeptFocus(main);
  const { pathname } = useLocation();
  const how = useNavigationType();
  const last = useRef<string | null>(null);
  const { role } = useReplica().actor;
  const matches = useMatches() as UIMatch<unknown, { screen?: ScreenRoute } | undefined>[];
  const screen = matches.at(-1)?.handle?.screen;
  useEffect(() => {
    const from = last.current;
    if (from === pathname) return;
    last.current = pathname;
    // The start finds its own way to the first screen: nobody asked for a new page, so the focus stays where the person put it.
    if (from === null || (how === 'REPLACE' && ways.has(from))) return;
    main.current?.scrollTo(0, 0);
    // A page that put the focus itself (a dialog, a player) keeps it.
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [pathname, how]);
  return (
    <main
      ref={main}
      id="content"
      tabIndex={-1}
      className="min-w-0 flex-1 overflow-y-auto outline-none [scrollbar-gutter:stable]"
    >
      {screen && !screen.roles.includes(role) ? <NoAccess /> : <Outlet />}
    </main>
  );
}

function useGlobalShortcuts(open: { openPalette: () => void; openSheet: () => void; toggleBell: () => void }): void {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const replica = useReplica();
  const screens = useScreens();
  const { theme, setTheme, toggleSidebar } = useAppearance();
  const inSidebar = navOf(screens, replica.actor.role).flatMap(({ screens: list }) => list);
  const general = { group: 'general', inFields: true } as const;
  const moving = { group: 'navigation', inFields: true } as const;
  const sync = (): void => {
    replica.syncNow();
    toast.done(t('actions.syncing'));
  };
  useRegisterShortcuts([
    { id: 'palette', keys: 'mod+k', label: t('actions.palette'), ...general, run: open.openPalette },
    { id: 'find', keys: 'mod+shift+f', label: t('actions.find'), ...general, run: open.openPalette },
    { id: 'bell', keys: 'mod+.', label: t('actions.bell'), ...general, run: open.toggleBell },
    { id: 'sync', keys: 'mod+shift+s', label: t('actions.sync'), ...general, palette: true, run: sync },
    { id: 'sheet', keys: 'f1', label: t('actions.sheet'), ...general, palette: true, run: open.openSheet },
    { id: 'sheet-key', keys: '?', label: t('actions.sheet'), group: 'general', run: open.openSheet },
    {
      id: 'theme',
      keys: '',
      label: t('actions.theme'),
      ...general,
      palette: true,
      run: () => setTheme(isDark(theme) ? 'light' : 'dark'),
    },
    { id: 'sidebar', keys: 'mod+b', label: t('toggleSidebar'), ...moving, palette: true, run: toggleSidebar },
    { id: 'back', keys: 'alt+left', label: t('back'), ...moving, run: () => void navigate(-1) },
    { id: 'forward', keys: 'alt+right', label: t('forward'), ...moving, run: () => void navigate(1) },
    ...inSidebar.slice(0, 9).map((screen, index) => ({
      id: `go-${screen.id}`,
      keys: `mod+${index + 1}`,
      label: t('actions.go', { screen: t(`screens.${screen.id}`) }),
      ...moving,
      run: () => void navigate(screen.path),
    })),
  ]);
}

const isDark = (theme: string): boolean =>
  theme === 'dark' || (theme === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches);

/** Links that the desktop hands over: `growthos://…` and clicked notices. An unknown one leads home and says so. */
function useDeepLinks(): void {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const replica = useReplica();
  useEffect(
    () =>
      desktop?.on('link.opened', ({ link }) => {
        const open = async (): Promise<void> => {
          const submission = /submission\/([0-9a-f-]{36})/i.exec(link)?.[1];
          const [row] =
            submission && replica.actor.role === 'student' ? await replica.find('submissions', { id: submission }) : [];
          const path = linkPath(link, (id) =>
            replica.actor.role === 'student'
              ? row
                ? `/assignments/${row.assignment_id}`
                : null
              : `/mentor/reviews/${id}`,
          );
          if (!path) toast.done(t('unknownLink'));
          void navigate(path ?? landing[replica.actor.role]);
        };
        void open();
      }),
    [navigate, replica, t],
  );
}
