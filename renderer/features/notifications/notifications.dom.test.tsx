import '../../testing/patience.ts';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { MemoryRouter, Route, Routes } from 'react-router';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startWords } from '../../locales/i18n.ts';
import { closeReplicas, renderWithData } from '../../testing/render-with-data.tsx';
import { idOf, submissionRow } from '../../testing/rows.ts';
import { testUserId } from '../../testing/test-device.ts';
import NotificationsScreen from './screens/notifications-screen.tsx';

beforeAll(startWords);
afterEach(async () => {
  cleanup();
  await closeReplicas();
});

const note = (n: number, columns: Record<string, unknown> = {}) => ({
  type: 'notifications',
  id: idOf(7, n),
  user_id: testUserId,
  template_key: 'assignment_reviewed',
  title: `News ${n}`,
  body: 'Text',
  payload: {},
  sent_at: `2026-11-22T0${n}:00:00.000Z`,
  read_at: null,
  dismissed_at: null,
  ...columns,
});

const page = (
  <MemoryRouter initialEntries={['/notifications']}>
    <Routes>
      <Route path="/notifications" element={<NotificationsScreen />} />
      <Route path="/assignments/:id" element={<p>the assignment</p>} />
    </Routes>
  </MemoryRouter>
);

test('the newest stands first; what was dismissed is gone', async () => {
  await renderWithData(page, { rows: [note(1), note(3), note(2, { dismissed_at: '2026-11-22T09:00:00.000Z' })] });
  await screen.findByText('News 3');
  expect(screen.getAllByRole('listitem').map((row) => row.querySelector('button')?.textContent)).toEqual([
    'Unread: News 3',
    'Unread: News 1',
  ]);
});

test('opening one reads it and leads to what it is about', async () => {
  const submission = submissionRow(1, { student_id: testUserId });
  const { replica } = await renderWithData(page, {
    rows: [submission, note(1, { payload: { link: `submission/${submission.id}` } })],
  });
  fireEvent.click(await screen.findByText('News 1'));
  expect(await screen.findByText('the assignment')).toBeDefined();
  const [row] = await replica.find('notifications', { id: idOf(7, 1) });
  expect(row?.read_at).toBeTruthy();
});

test('all can be read at once, also without a connection', async () => {
  const { server, replica } = await renderWithData(page, { rows: [note(1), note(2)] });
  await screen.findByText('News 2');
  server.online = false;
  fireEvent.click(screen.getByTestId('btn-mark-all-read'));
  await waitFor(async () => expect(await replica.find('notifications', { read_at: null })).toHaveLength(0));
  await waitFor(() => expect(screen.queryByTestId('btn-mark-all-read')).toBeNull());
});
