import '../testing/patience.ts';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { RouterProvider } from 'react-router/dom';
import { Bell, House } from 'lucide-react';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Role } from '#contract/roles.ts';
import { DataProvider, type Replica, type SyncState } from '../data/index.ts';
import { cell } from '../data/store.ts';
import { startWords } from '../locales/i18n.ts';
import { createTestDevice } from '../testing/test-device.ts';
import { createFakeServer, type SeedRow } from '../testing/fake-server.ts';
import { idOf } from '../testing/rows.ts';
import { makeRouter } from './router.tsx';
import type { ScreenRoute } from './screen-route.ts';
import { ShellPartsContext } from './screens-context.tsx';

beforeAll(startWords);
beforeEach(() => void (window.location.hash = ''));

let opened: Replica | null = null;
afterEach(async () => {
  cleanup();
  await opened?.close();
  opened = null;
});

const reviews = vi.fn(async () => ({ default: () => <p>secret queue</p> }));
const screens: ScreenRoute[] = [
  {
    id: 'home',
    path: '/home',
    roles: ['student'],
    icon: House,
    nav: { group: 'learn', order: 0 },
    load: async () => ({ default: () => <h1>my home</h1> }),
  },
  {
    id: 'reviews',
    path: '/mentor/reviews',
    roles: ['mentor'],
    icon: House,
    nav: { group: 'today', order: 1 },
    load: reviews,
  },
  {
    id: 'mentorHome',
    path: '/mentor',
    roles: ['mentor'],
    icon: House,
    nav: { group: 'today', order: 0 },
    load: async () => ({ default: () => <h1>mentor home</h1> }),
  },
  {
    id: 'notifications',
    path: '/notifications',
    roles: ['student', 'mentor'],
    icon: Bell,
    nav: { group: 'account', order: 0 },
    load: async () => ({
      default: () => {
        throw new Error('broken screen');
      },
    }),
  },
];

async function openShell(
  options: { role?: Role; at?: string; sync?: Partial<SyncState>; rows?: SeedRow[]; table?: ScreenRoute[] } = {},
) {
  const { role = 'student', at = '/', sync, table = screens } = options;
  const device = createTestDevice({ server: createFakeServer(options.rows), role });
  opened = await device.openSynced();
  const state = cell({ ...opened.syncState.get(), ...sync });
  const replica = sync ? { ...opened, syncState: state } : opened;
  window.location.hash = `#${at}`;
  render(
    <ShellPartsContext value={{ screens: table, BellPanel: () => <p>news</p> }}>
      <DataProvider replica={replica}>
        <RouterProvider router={makeRouter(table, role)} />
      </DataProvider>
    </ShellPartsContext>,
  );
  await screen.findByTestId('sync-pill');
  return (change: Partial<SyncState>): void => state.set({ ...state.get(), ...change });
}

test('a role lands on its home and sees only its own navigation', async () => {
  await openShell({ role: 'mentor' });
  expect(await screen.findByText('mentor home')).toBeDefined();
  expect(screen.getByTestId('nav-mentor-reviews')).toBeDefined();
  expect(screen.queryByTestId('nav-home')).toBeNull();
});

test('the start’s own way to the first screen leaves the focus where the person put it; a page one goes to takes it', async () => {
  let arrive = (): void => undefined;
  const slow = screens.map((one) =>
    one.id === 'home'
      ? {
          ...one,
          load: () =>
            new Promise<Awaited<ReturnType<ScreenRoute['load']>>>(
              (resolve) => (arrive = () => void one.load().then(resolve)),
            ),
        }
      : one,
  );
  await openShell({ table: slow });
  const skip = screen.getByTestId('skip-link');
  skip.focus();
  arrive();
  await screen.findByText('my home');
  await waitFor(() => expect(window.location.hash).toBe('#/home'));
  expect(document.activeElement).toBe(skip);
  fireEvent.click(screen.getByTestId('nav-notifications'));
  await waitFor(() => expect(document.activeElement?.id).toBe('content'));
});

test('a screen of another role is neither shown nor fetched', async () => {
  await openShell({ at: '/mentor/reviews' });
  expect(await screen.findByRole('heading', { name: 'You don’t have access to this page' })).toBeDefined();
  expect(screen.queryByText('secret queue')).toBeNull();
  expect(reviews).not.toHaveBeenCalled();
});

test('an unknown path says so and leads home', async () => {
  await openShell({ at: '/nowhere' });
  expect(await screen.findByRole('heading', { name: 'There is no page here' })).toBeDefined();
  fireEvent.click(screen.getByTestId('btn-go-home'));
  expect(await screen.findByText('my home')).toBeDefined();
});

test('a screen that breaks leaves the shell alive', async () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await openShell({ at: '/notifications' });
  expect(await screen.findByRole('heading', { name: 'This page could not be shown' })).toBeDefined();
  fireEvent.click(screen.getByTestId('nav-home'));
  expect(await screen.findByText('my home')).toBeDefined();
  quiet.mockRestore();
});

test('a screen whose code cannot be fetched says so, is tried again by hand, and opens by itself with a connection', async () => {
  const load = vi.fn<ScreenRoute['load']>(() =>
    Promise.reject(new TypeError('Failed to fetch dynamically imported module')),
  );
  const table = screens.map((one) => (one.id === 'home' ? { ...one, load } : one));
  const setSync = await openShell({ table, sync: { status: 'offline' } });
  expect(await screen.findByRole('alert')).toHaveProperty(
    'textContent',
    expect.stringContaining('has not been fetched yet'),
  );
  expect(screen.getByTestId('sync-pill')).toBeDefined();
  const tried = load.mock.calls.length;
  fireEvent.click(screen.getByTestId('btn-retry'));
  await waitFor(() => expect(load).toHaveBeenCalledTimes(tried + 1));
  expect(screen.getByRole('alert')).toBeDefined();
  load.mockImplementation(async () => ({ default: () => <h1>my home</h1> }));
  act(() => setSync({ status: 'uptodate' }));
  expect(await screen.findByText('my home')).toBeDefined();
  expect(screen.queryByRole('alert')).toBeNull();
});

test.each([
  ['uptodate', 'uptodate'],
  ['offline', 'offline'],
  ['unreachable', 'offline'],
  ['problem', 'problem'],
  ['full', 'problem'],
  ['expired', 'expired'],
] as const)('sync state %s is told to others as %s, with the count', async (status, state) => {
  await openShell({ sync: { status, waiting: 4 } });
  const pill = screen.getByTestId('sync-pill');
  expect(pill.dataset['state']).toBe(state);
  expect(pill.dataset['count']).toBe('4');
});

test('of several banners the one that matters most shows', async () => {
  const settings = {
    type: 'company_settings',
    id: idOf(8, 1),
    company_name: 'Falcon',
    announcement_banner: { enabled: true, message: 'Closed on Friday' },
  };
  await openShell({ rows: [settings], sync: { status: 'problem', problems: 1, clockSkewMs: 3_600_000 } });
  expect(screen.getByTestId('banner-problem')).toBeDefined();
  expect(screen.queryByTestId('banner-clock')).toBeNull();
  expect(screen.queryByTestId('banner-announcement')).toBeNull();
});

test('an app that is too old says that it wants an update and that nothing is lost; in the browser it loads itself anew', async () => {
  await openShell({ sync: { status: 'outdated', outdated: 'app', waiting: 2 } });
  const banner = screen.getByTestId('banner-update');
  expect(banner.textContent).toContain('Please update the app');
  expect(banner.textContent).toContain('Nothing is lost');
  expect(screen.getByTestId('btn-load-new-version')).toBeDefined();
  expect(screen.getByTestId('sync-pill').textContent).toContain('Update needed');
});

test('an app that is newer than its server waits for it', async () => {
  await openShell({ sync: { status: 'outdated', outdated: 'server' } });
  expect(screen.getByTestId('banner-update').textContent).toContain('newer than the academy’s server');
  expect(screen.queryByTestId('btn-load-new-version')).toBeNull();
  expect(screen.getByTestId('sync-pill').textContent).toContain('Waiting for the server');
});

test('a clock that is off by an hour is told', async () => {
  await openShell({ sync: { clockSkewMs: -3_600_000 } });
  expect(screen.getByTestId('banner-clock').textContent).toContain('60 minutes behind');
});

test('Ctrl+K opens the palette with this role’s screens and goes there', async () => {
  await openShell();
  await screen.findByText('my home');
  fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
  const palette = await screen.findByTestId('dialog-palette');
  expect(palette.textContent).toContain('Home');
  expect(palette.textContent).not.toContain('Review queue');
});

test('F1 lists the shortcuts that work', async () => {
  await openShell();
  fireEvent.keyDown(document.body, { key: 'F1' });
  const sheet = await screen.findByTestId('dialog-shortcuts');
  await waitFor(() => expect(sheet.textContent).toContain('Sync now'));
});
