import '../../testing/patience.ts';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { DataProvider } from '../../data/index.ts';
import { startWords } from '../../locales/i18n.ts';
import { course, courseRows } from '../../testing/course-rows.ts';
import { idOf } from '../../testing/rows.ts';
import { closeReplicas, renderWithData } from '../../testing/render-with-data.tsx';
import { testUserId } from '../../testing/test-device.ts';
import LessonScreen from './screens/lesson-screen.tsx';
import LessonsScreen from './screens/lessons-screen.tsx';

beforeAll(startWords);
afterEach(async () => {
  cleanup();
  await closeReplicas();
});

const at = (path: string): ReactNode => (
  <RouterProvider
    router={createMemoryRouter(
      [
        { path: '/learn/:courseId?', Component: LessonsScreen },
        { path: '/lesson/:id', Component: LessonScreen },
      ],
      { initialEntries: [path] },
    )}
  />
);
const row = (n: 1 | 2 | 3) => screen.findByTestId(`lesson-row-${course.lessons[n - 1]}`);

test('only courses of an enrolment are listed, each lesson with what it waits for', async () => {
  await renderWithData(at('/learn'), { rows: courseRows() });
  expect((await row(1)).dataset['lock']).toBe('open');
  expect((await row(2)).dataset['lock']).toBe('previous_lesson_not_watched');
  expect((await row(2)).textContent).toContain('Watch “Lesson 1” first');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Open a store');
  expect(screen.queryByText('Elsewhere')).toBeNull();
});

test('a search finds lessons and modules, and nothing found offers the way back', async () => {
  await renderWithData(at('/learn'), { rows: courseRows() });
  await row(1);
  const search = screen.getByTestId('field-search');
  fireEvent.change(search, { target: { value: 'LESSON 2' } });
  await waitFor(() => expect(screen.queryByTestId(`lesson-row-${course.lessons[0]}`)).toBeNull());
  expect(await row(2)).toBeDefined();
  fireEvent.change(search, { target: { value: 'first steps' } });
  expect(await row(3)).toBeDefined();
  fireEvent.change(search, { target: { value: 'no such thing' } });
  fireEvent.click(await screen.findByTestId('btn-clear-filters'));
  expect(await row(1)).toBeDefined();
});

test('a lesson that opens while the list is on screen changes in place', async () => {
  const { server } = await renderWithData(at('/learn'), { rows: courseRows() });
  await row(2);
  server.put({
    ...courseRows().find(({ id }) => id === idOf(25, 2))!,
    v: idOf(9, 77),
    is_unlocked: true,
    reason: 'requirements_met',
    blocking_lesson_id: null,
  });
  await waitFor(async () => expect((await row(2)).dataset['lock']).toBe('open'));
});

test('a lesson without a recording is completed by hand, rated and noted, all without a network', async () => {
  const { server, replica } = await renderWithData(at(`/lesson/${course.lessons[0]}`), { rows: courseRows() });
  server.online = false;
  fireEvent.click(await screen.findByTestId('btn-mark-complete'));
  fireEvent.click(await screen.findByTestId('btn-rate-5'));
  await waitFor(async () =>
    expect(await replica.find('recording_ratings')).toMatchObject([
      { id: naturalId('recording_ratings', testUserId, course.lessons[0]), rating: 5, feedback: null },
    ]),
  );
  fireEvent.change(screen.getByTestId('field-note'), { target: { value: ' Ask about returns ' } });
  fireEvent.click(screen.getByTestId('btn-add-note'));
  await waitFor(async () =>
    expect(await replica.find('lesson_notes')).toMatchObject([
      { body: 'Ask about returns', lesson_id: course.lessons[0] },
    ]),
  );
});

test('half a note is still there after the screen was left, and gone once it was added', async () => {
  const screenOf = at(`/lesson/${course.lessons[0]}`);
  const { replica, unmount } = await renderWithData(screenOf, { rows: courseRows() });
  fireEvent.change(await screen.findByTestId('field-note'), { target: { value: 'Half a thou' } });
  unmount();
  await waitFor(async () => expect(await replica.listDrafts('note/')).toMatchObject([{ value: 'Half a thou' }]));

  render(<DataProvider replica={replica}>{at(`/lesson/${course.lessons[0]}`)}</DataProvider>);
  const field = await screen.findByTestId<HTMLTextAreaElement>('field-note');
  await waitFor(() => expect(field.value).toBe('Half a thou'));
  fireEvent.click(screen.getByTestId('btn-add-note'));
  await waitFor(async () => expect(await replica.find('lesson_notes')).toMatchObject([{ body: 'Half a thou' }]));
  await waitFor(async () => expect(await replica.listDrafts('note/')).toEqual([]));
});

test('one or two stars are kept only with a reason', async () => {
  const { replica } = await renderWithData(at(`/lesson/${course.lessons[0]}`), { rows: courseRows() });
  fireEvent.click(await screen.findByTestId('btn-mark-complete'));
  fireEvent.click(await screen.findByTestId('btn-rate-1'));
  expect(await replica.find('recording_ratings')).toEqual([]);
  fireEvent.change(await screen.findByTestId('field-feedback'), { target: { value: 'No sound' } });
  fireEvent.click(await screen.findByTestId('btn-save-rating'));
  await waitFor(async () =>
    expect(await replica.find('recording_ratings')).toMatchObject([{ rating: 1, feedback: 'No sound' }]),
  );
});

test('a locked lesson shows why and the way there, not its content', async () => {
  await renderWithData(at(`/lesson/${course.lessons[1]}`), { rows: courseRows() });
  expect((await screen.findAllByText('Watch “Lesson 1” first')).length).toBeGreaterThan(0);
  expect(screen.queryByTestId('btn-mark-complete')).toBeNull();
  expect(screen.queryByText('What it is about')).toBeNull();
});

test('a lesson of nobody says so', async () => {
  await renderWithData(at(`/lesson/${idOf(23, 99)}`), { rows: courseRows() });
  expect(await screen.findByText('This lesson is not part of your courses')).toBeDefined();
});
