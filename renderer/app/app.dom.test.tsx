import '../testing/patience.ts';
import 'fake-indexeddb/auto';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { House } from 'lucide-react';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startWords } from '../locales/i18n.ts';
import { session } from '../platform/index.ts';
import { createTestDevice } from '../testing/test-device.ts';
import { createFakeServer } from '../testing/fake-server.ts';
import { lessonRows } from '../testing/rows.ts';
import { FirstSync } from '../features/first-sync/index.ts';
import { App, type AppParts } from './app.tsx';

beforeAll(startWords);

// A new person for each test: their replica is a new one.
let server = createFakeServer();
let user = { id: '', email: 'ayesha@falcon.example', full_name: 'Ayesha Khan' };
const parts: AppParts = {
  screens: [
    {
      id: 'home',
      path: '/home',
      roles: ['student'],
      icon: House,
      nav: { group: 'learn', order: 0 },
      load: async () => ({ default: () => <h1>my home</h1> }),
    },
  ],
  BellPanel: () => null,
  SignIn: () => <p>sign in here</p>,
  FirstSync,
  isLink: (hash) => hash.startsWith('#/link/'),
};

beforeEach(() => {
  window.location.hash = '';
  server = createFakeServer(lessonRows(3));
  user = { ...user, id: crypto.randomUUID() };
  const device = createTestDevice({ server, userId: user.id });
  vi.spyOn(session, 'connection').mockImplementation(async () => device.connection);
});
afterEach(async () => {
  cleanup();
  session.setState({ state: 'none', user: null, offline: false });
  vi.restoreAllMocks();
});

const signedIn = () =>
  act(() => session.setState({ state: 'signed-in', user, role: 'student', deviceId: 'd', offline: false }));
const start = async (): Promise<void> => {
  signedIn();
  render(<App {...parts} />);
  await waitFor(() => expect(screen.getByTestId('btn-start').getAttribute('aria-disabled')).toBeNull());
  fireEvent.click(screen.getByTestId('btn-start'));
  await screen.findByText('my home');
};

test('nobody signed in: the sign-in page and nothing else', () => {
  act(() => session.setState({ state: 'none', user: null }));
  render(<App {...parts} />);
  expect(screen.getByText('sign in here')).toBeDefined();
});

test('the first sync stands before the app, which then starts', start);

test('a second start goes straight to the shell, without the network', async () => {
  await start();
  cleanup();
  server.online = false;
  render(<App {...parts} />);
  expect(await screen.findByText('my home')).toBeDefined();
  expect(screen.queryByTestId('btn-start')).toBeNull();
});

test('a session that ends while working leaves the page as it is', async () => {
  await start();
  act(() => session.setState({ state: 'expired' }));
  expect(screen.getByText('my home')).toBeDefined();
  expect(await screen.findByTestId('banner-expired')).toBeDefined();
});

test('a start with an ended session asks first, and goes on offline when the person says so', async () => {
  act(() => session.setState({ state: 'expired', user, role: 'student', deviceId: 'd', offline: false }));
  render(<App {...parts} />);
  expect(screen.getByText('sign in here')).toBeDefined();
  act(() => session.setState({ offline: true }));
  await waitFor(() => expect(screen.queryByText('sign in here')).toBeNull());
});

test('an account whose access was ended says so and leads back to sign-in without deleting anything', async () => {
  const signOut = vi.fn(async () => ({ ok: true as const }));
  act(() => session.setState({ state: 'ended', user, signOut }));
  render(<App {...parts} />);
  fireEvent.click(screen.getByTestId('btn-back-to-sign-in'));
  expect(screen.getByText('sign in here')).toBeDefined();
  expect(signOut).not.toHaveBeenCalled();
});
