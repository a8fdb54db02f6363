import '../testing/patience.ts';
import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { DesktopBridge } from '#desktop/index.ts';
import { startWords } from '../locales/i18n.ts';
import { closeReplicas, renderWithData } from '../testing/render-with-data.tsx';
import { idOf, lessonRow } from '../testing/rows.ts';
import { testUserId } from '../testing/test-device.ts';
import { LiveRegion } from '../ui/index.ts';
import { useSystemNotices } from './use-system-notices.ts';
import { useUnlockNews } from './use-unlock-news.ts';

beforeAll(startWords);
afterEach(async () => {
  cleanup();
  await closeReplicas();
});

const unlock = (n: number, is_unlocked: boolean) => ({
  type: 'user_unlocks',
  id: idOf(6, n),
  user_id: testUserId,
  lesson_id: idOf(1, n),
  is_unlocked,
});
const note = (n: number, columns: Record<string, unknown> = {}) => ({
  type: 'notifications',
  id: idOf(7, n),
  user_id: testUserId,
  title: `News ${n}`,
  body: 'Text',
  payload: { link: `lesson/${idOf(1, n)}` },
  sent_at: '2026-11-22T09:00:00.000Z',
  read_at: null,
  dismissed_at: null,
  ...columns,
});

function News({ bridge }: { bridge: DesktopBridge | null }) {
  useUnlockNews();
  useSystemNotices(bridge);
  return <LiveRegion />;
}

test('a lesson that opens while the app is in use is said politely; what was open before is not', async () => {
  const { server } = await renderWithData(<News bridge={null} />, {
    rows: [lessonRow(1, 'First'), lessonRow(2, 'Second'), unlock(1, true), unlock(2, false)],
  });
  const region = screen.getByTestId('live-region');
  expect(region.textContent).toBe('');
  act(() => server.put(unlock(2, true)));
  await waitFor(() => expect(region.textContent).toContain('“Second” is open now.'));
  expect(region.textContent).not.toContain('First');
});

test('what newly arrives is handed to the system with its link; what lay there is not', async () => {
  const invoke = vi.fn(async () => ({ ok: true }));
  const bridge = { invoke, on: () => () => undefined } as unknown as DesktopBridge;
  const { server } = await renderWithData(<News bridge={bridge} />, { rows: [note(1)] });
  act(() => {
    server.put(note(2));
    server.put(note(3, { read_at: '2026-11-22T09:01:00.000Z' }));
  });
  await waitFor(() => expect(invoke).toHaveBeenCalled());
  expect(invoke.mock.calls).toEqual([['notice.show', { title: 'News 2', body: 'Text', link: `lesson/${idOf(1, 2)}` }]]);
});
