import '../testing/patience.ts';
import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../data/store.ts';
import { UnshownError } from '../data/unshown.ts';
import { RowGoneError } from '../data/writing.ts';
import { startWords } from '../locales/i18n.ts';
import { breakReplicaWrites } from '../testing/faulty-storage.ts';
import { goOffline, goOnline } from '../testing/opened.ts';
import { closeReplicas, renderWithData } from '../testing/render-with-data.tsx';
import { idOf, lessonRow } from '../testing/rows.ts';
import { testUserId } from '../testing/test-device.ts';
import { Toaster } from '../ui/index.ts';
import { useWriteTroubles } from './use-write-troubles.ts';

beforeAll(startWords);
afterEach(async () => {
  cleanup();
  await closeReplicas();
});

function Page() {
  useWriteTroubles();
  return <Toaster />;
}

const told = (words: string) => waitFor(() => expect(screen.getByText(new RegExp(words))).toBeTruthy());

test('a person hears of what the disk refuses, of what it cannot show, and of what is no longer there', async () => {
  const { replica, server } = await renderWithData(<Page />, { rows: [lessonRow(1, 'First')] });
  goOffline(server);
  await until(replica.syncState, ({ status }) => status === 'unreachable' || status === 'offline');
  const note = { user_id: testUserId, lesson_id: idOf(1, 1), at_seconds: null, copy_of: null };
  const id = await replica.writes.insert('lesson_notes', { ...note, body: 'there' });
  expect(screen.queryByTestId('toast')).toBeNull();

  const fault = breakReplicaWrites(() => 'throw');
  await act(() => expect(replica.writes.remove('lesson_notes', id)).rejects.toThrow('could not be written'));
  await told('took nothing');
  await act(() => replica.writes.update('lesson_notes', id, { body: 'more' }));
  await told('it will be sent');
  await act(() => expect(replica.writes.update('lesson_notes', id, { body: 'unseen' })).rejects.toThrow(UnshownError));
  await told('was not on the screen yet');
  fault.stop();

  await act(() =>
    expect(replica.writes.update('lesson_notes', idOf(5, 9), { body: 'gone' })).rejects.toThrow(RowGoneError),
  );
  await told('no longer there');
  goOnline(server, replica);
});
