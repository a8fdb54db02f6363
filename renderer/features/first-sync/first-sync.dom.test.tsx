import '../../testing/patience.ts';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { DataProvider, type Replica, type SyncState } from '../../data/index.ts';
import { startWords } from '../../locales/i18n.ts';
import { createTestDevice } from '../../testing/test-device.ts';
import { withStates } from '../../testing/with-states.ts';
import { FirstSync } from './index.ts';

beforeAll(startWords);
let opened: Replica | null = null;
afterEach(async () => {
  cleanup();
  await opened?.close();
});

async function show(sync: Partial<SyncState>, onStart = vi.fn()) {
  opened = await createTestDevice().openSynced();
  render(
    <DataProvider replica={withStates(opened, { sync })}>
      <FirstSync onStart={onStart} />
    </DataProvider>,
  );
  return onStart;
}

const half = { applied: 50, expected: 100, bytes: 2_000_000 };

test('before the essentials are here the app cannot be started, and says why', async () => {
  const onStart = await show({ status: 'preparing', lastSyncAt: null, progress: { ...half, ready: false } });
  expect(screen.getByTestId('sync-pill').dataset['state']).toBe('preparing');
  expect(screen.getByText('50 of 100 records · 2 MB')).toBeDefined();
  fireEvent.click(screen.getByTestId('btn-start'));
  expect(onStart).not.toHaveBeenCalled();
});

test('once they are here it starts before everything has arrived', async () => {
  const onStart = await show({ status: 'preparing', lastSyncAt: null, progress: { ...half, ready: true } });
  expect(screen.getByTestId('step-essentials').dataset['state']).toBe('done');
  expect(screen.getByTestId('step-rest').dataset['state']).toBe('current');
  fireEvent.click(screen.getByTestId('btn-start'));
  expect(onStart).toHaveBeenCalledOnce();
});

test('a cut line is told and can be tried again', async () => {
  await show({ status: 'unreachable', lastSyncAt: null, progress: { ...half, ready: false } });
  expect(screen.getByText(/cannot be reached/)).toBeDefined();
  expect(screen.getByTestId('btn-retry')).toBeDefined();
});
