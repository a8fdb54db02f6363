import { act, screen, waitFor } from '@testing-library/react';
import { Suspense, use } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { closeReplicas, renderWithData } from '../testing/render-with-data.tsx';
import { idOf, lessonRow, lessonRows } from '../testing/rows.ts';
import { testUserId } from '../testing/test-device.ts';
import { useBadge, useDraft, useRow, useRows, useSyncState, useTables, useWrites } from './index.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });
afterEach(closeReplicas);
const patience = { timeout: 15_000 };

function Lessons() {
  const lessons = useRows('available_lessons', { sequence_order: { $gt: 1 } }, { sort: [{ sequence_order: 'desc' }] });
  const first = useRow('available_lessons', idOf(1, 1));
  const none = useRow('available_lessons', null);
  return (
    <p>
      {lessons ? lessons.map((lesson) => lesson.recording_title).join(', ') : 'reading'} ·{' '}
      {first?.recording_title ?? '–'} · {String(none)}
    </p>
  );
}

function Rating() {
  const { insert } = useWrites();
  const [rating] = useRows('recording_ratings', { lesson_id: idOf(1, 1) }) ?? [];
  const badge = useBadge('recording_ratings', rating?.id);
  const { waiting, status } = useSyncState();
  const rate = () =>
    insert('recording_ratings', { user_id: testUserId, lesson_id: idOf(1, 1), rating: 4, feedback: null });
  return (
    <button onClick={() => void rate()}>
      {rating?.rating ?? 'none'} {badge ?? 'plain'} {waiting} {status}
    </button>
  );
}

const both = ['available_lessons', 'recording_ratings'] as const;

function Draft() {
  const { value, save, clear } = useDraft<string>('work/1');
  return (
    <>
      <output>{value === undefined ? 'reading' : (value ?? 'nothing')}</output>
      <button onClick={() => void save('half a thought')}>save</button>
      <button onClick={() => void clear()}>clear</button>
    </>
  );
}

it('shows rows and follows the server', async () => {
  const { server } = await renderWithData(<Lessons />, { rows: lessonRows(3) });
  await screen.findByText('Lesson 3, Lesson 2 · Lesson 1 · null', {}, patience);
  act(() => server.put(lessonRow(4, 'New')));
  await screen.findByText('New, Lesson 3, Lesson 2 · Lesson 1 · null', {}, patience);
  act(() => server.remove('available_lessons', idOf(1, 1)));
  await screen.findByText('New, Lesson 3, Lesson 2 · – · null', {}, patience);
});

it('shows several tables when all of them are read, and follows each', async () => {
  const drawn: string[] = [];
  function Both() {
    const tables = useTables(both);
    drawn.push(tables ? `${tables.available_lessons.length} ${tables.recording_ratings.length}` : 'reading');
    return <p>{drawn.at(-1)}</p>;
  }
  const { replica } = await renderWithData(<Both />, { rows: lessonRows(2) });
  await screen.findByText('2 0', {}, patience);
  expect(new Set(drawn)).toEqual(new Set(['reading', '2 0']));
  const rating = { user_id: testUserId, lesson_id: idOf(1, 1), rating: 4, feedback: null };
  await act(() => replica.writes.insert('recording_ratings', rating));
  await screen.findByText('2 1', {}, patience);
});

it('shows a write at once with its badge, then that it was taken', async () => {
  const { server, replica } = await renderWithData(<Rating />, { rows: lessonRows(1) });
  server.online = false;
  server.cut();
  const button = await screen.findByText('none plain 0 offline', {}, patience);
  act(() => button.click());
  await screen.findByText('4 waiting 1 offline', {}, patience);
  server.online = true;
  act(() => replica.syncNow());
  await screen.findByText('4 accepted 0 uptodate', {}, patience);
  await screen.findByText('4 plain 0 uptodate', {}, patience);
});

it('a change of the sync state waits for what is being drawn, and does not blank the screen meanwhile', async () => {
  const drawn = Promise.withResolvers<void>();
  function Waiting() {
    const { waiting } = useSyncState();
    if (waiting > 0) use(drawn.promise);
    return <p>{waiting} waiting</p>;
  }
  const { server, replica } = await renderWithData(
    <Suspense fallback="blank">
      <Waiting />
    </Suspense>,
    { rows: lessonRows(1) },
  );
  server.online = false;
  server.cut();
  const rating = { user_id: testUserId, lesson_id: idOf(1, 1), rating: 4, feedback: null };
  await act(() => replica.writes.insert('recording_ratings', rating));
  expect(replica.syncState.get().waiting).toBe(1);
  expect(screen.queryByText('blank')).toBeNull();
  expect(screen.getByText('0 waiting')).toBeDefined();
  await act(async () => drawn.resolve());
  await screen.findByText('1 waiting', {}, patience);
});

it('keeps drafts', async () => {
  const { replica } = await renderWithData(<Draft />);
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('nothing'), patience);
  act(() => screen.getByText('save').click());
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('half a thought'), patience);
  await waitFor(async () => expect(await replica.listDrafts('work/')).toHaveLength(1), patience);
  act(() => screen.getByText('clear').click());
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('nothing'), patience);
});
