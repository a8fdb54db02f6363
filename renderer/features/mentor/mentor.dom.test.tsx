import '../../testing/patience.ts';
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startWords } from '../../locales/i18n.ts';
import { course, courseRows } from '../../testing/course-rows.ts';
import type { SeedRow } from '../../testing/fake-server.ts';
import { idOf, submissionRow } from '../../testing/rows.ts';
import { closeReplicas, renderWithData } from '../../testing/render-with-data.tsx';
import ReviewQueueScreen from './screens/review-queue-screen.tsx';

beforeAll(startWords);
afterEach(async () => {
  cleanup();
  await closeReplicas();
});

const student = (n: number, full_name: string): SeedRow => ({
  type: 'users',
  id: idOf(30, n),
  full_name,
  role: 'student',
  status: 'active',
  lms_status: 'active',
  lms_status_reason: null,
  avatar_file_id: null,
});
/** Work of student `n`; `id` is that of `submissionRow(n)`. */
const work = (n: number, columns: Record<string, unknown> = {}): SeedRow =>
  submissionRow(n, {
    student_id: idOf(30, n),
    assignment_id: course.assignment,
    version: 1,
    submitted_at: `2026-11-2${n}T09:00:00.000Z`,
    ...columns,
  });
const idOfWork = (n: number): string => idOf(4, n);

const rows = [...courseRows(), student(1, 'Maham Javed'), student(2, 'Ali Aslam'), work(1), work(2)];
const at = (path: string): ReactNode => (
  <RouterProvider
    router={createMemoryRouter([{ path: '/mentor/reviews/:id?', Component: ReviewQueueScreen }], {
      initialEntries: [path],
    })}
  />
);
const open = (path: string, more: SeedRow[] = []) =>
  renderWithData(at(path), { rows: [...rows, ...more], role: 'mentor' });

test('work waits oldest first', async () => {
  await open('/mentor/reviews');
  await screen.findByTestId(`review-row-${idOfWork(2)}`);
  const names = screen.getAllByTestId(/^review-row-/).map((row) => within(row).getByRole('link').textContent);
  expect(names).toEqual(['Maham Javed', 'Ali Aslam']);
});

test('asking for changes needs words, and nothing is decided without them', async () => {
  const { replica } = await open(`/mentor/reviews/${idOfWork(1)}`);
  fireEvent.click(await screen.findByTestId('btn-decline'));
  fireEvent.click(screen.getByTestId('btn-send-decision'));
  expect((await screen.findByRole('alert')).textContent).toContain('Write what should be changed');
  expect(await replica.find('submission_reviews')).toEqual([]);
});

test('half a decision is kept with the work it is about, and emptied by hand it is none', async () => {
  const { replica } = await open(`/mentor/reviews/${idOfWork(1)}`);
  fireEvent.click(await screen.findByTestId('btn-decline'));
  fireEvent.change(screen.getByTestId('field-review-notes'), { target: { value: 'Name the mon' } });
  fireEvent.click(within(screen.getByTestId(`review-row-${idOfWork(2)}`)).getByRole('link'));
  await waitFor(async () => expect(await replica.listDrafts('review/')).toMatchObject([{ value: 'Name the mon' }]));

  fireEvent.click(within(screen.getByTestId(`review-row-${idOfWork(1)}`)).getByRole('link'));
  fireEvent.click(await screen.findByTestId('btn-decline'));
  const field = await screen.findByTestId<HTMLTextAreaElement>('field-review-notes');
  await waitFor(() => expect(field.value).toBe('Name the mon'));
  fireEvent.change(field, { target: { value: '' } });
  await waitFor(async () => expect(await replica.listDrafts('review/')).toEqual([]));
});

test('a decision without a network is kept, shown as waiting, and leads to the next piece of work', async () => {
  const { server, replica } = await open(`/mentor/reviews/${idOfWork(1)}`);
  server.online = false;
  fireEvent.click(await screen.findByTestId('btn-approve'));
  fireEvent.click(screen.getByTestId('btn-send-decision'));
  await waitFor(async () =>
    expect(await replica.find('submission_reviews')).toMatchObject([
      { submission_id: idOfWork(1), submission_version: 1, decision: 'approved', notes: null },
    ]),
  );
  await waitFor(() => expect(screen.queryByTestId(`review-row-${idOfWork(1)}`)).toBeNull());
  const next = () => within(screen.getByTestId(`review-row-${idOfWork(2)}`)).getByRole('link');
  await waitFor(() => expect(next().getAttribute('aria-current')).toBe('true'));
});

test('new work collects in a chip and does not move the rows', async () => {
  const { server } = await open('/mentor/reviews');
  await screen.findByTestId(`review-row-${idOfWork(1)}`);
  server.put(student(3, 'Sania Shah'));
  server.put(work(3));
  const chip = await screen.findByTestId('chip-new');
  expect(chip.dataset['count']).toBe('1');
  expect(screen.queryByTestId(`review-row-${idOfWork(3)}`)).toBeNull();
  fireEvent.click(chip);
  expect(await screen.findByTestId(`review-row-${idOfWork(3)}`)).toBeDefined();
});

test('a version that a newer one has replaced can be read but not decided', async () => {
  const newer = work(4, { student_id: idOf(30, 1), version: 2 });
  await open(`/mentor/reviews/${idOfWork(1)}`, [newer]);
  expect(await screen.findByText(/A newer version was handed in/)).toBeDefined();
  expect(screen.queryByTestId('btn-approve')).toBeNull();
});

test('a search that finds nothing says so', async () => {
  await open('/mentor/reviews');
  await screen.findByTestId(`review-row-${idOfWork(1)}`);
  fireEvent.change(screen.getByTestId('field-search'), { target: { value: 'nobody' } });
  expect(await screen.findByText('No work matches your search')).toBeDefined();
});
