import '../../testing/patience.ts';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { handedInText } from '#contract/rules/receipts.ts';
import { startWords } from '../../locales/i18n.ts';
import { course, courseRows } from '../../testing/course-rows.ts';
import type { SeedRow } from '../../testing/fake-server.ts';
import { submissionRow } from '../../testing/rows.ts';
import { closeReplicas, renderWithData } from '../../testing/render-with-data.tsx';
import { testUserId } from '../../testing/test-device.ts';
import AssignmentScreen from './screens/assignment-screen.tsx';
import AssignmentsScreen from './screens/assignments-screen.tsx';

beforeAll(startWords);
afterEach(async () => {
  cleanup();
  await closeReplicas();
});

const at = (path: string): ReactNode => (
  <RouterProvider
    router={createMemoryRouter(
      [
        { path: '/assignments', Component: AssignmentsScreen },
        { path: '/assignments/:id', Component: AssignmentScreen },
      ],
      { initialEntries: [path] },
    )}
  />
);
const one = at(`/assignments/${course.assignment}`);
const attempt = (n: number, columns: Record<string, unknown>): SeedRow =>
  submissionRow(n, { assignment_id: course.assignment, student_id: testUserId, ...columns });

test('an empty answer is refused beside the form and nothing is written', async () => {
  const { replica } = await renderWithData(one, { rows: courseRows() });
  fireEvent.click(await screen.findByTestId('btn-submit'));
  expect((await screen.findByTestId('form-error')).textContent).toBe('Write your answer before you submit it');
  expect(await replica.find('submissions')).toEqual([]);
});

test('an answer is handed in without a network, and the draft it came from is gone', async () => {
  const { server, replica } = await renderWithData(one, { rows: courseRows() });
  server.online = false;
  fireEvent.change(await screen.findByTestId('field-content'), { target: { value: 'I sell lunch boxes.' } });
  fireEvent.click(screen.getByTestId('btn-submit'));
  expect(await screen.findByTestId('attempt-1')).toBeDefined();
  expect(screen.getAllByTestId('status-pending').length).toBeGreaterThan(0);
  expect(await replica.find('submissions')).toMatchObject([
    { content: 'I sell lunch boxes.', based_on: null, status: 'pending', version: 1 },
  ]);
  expect(await replica.listDrafts('work/')).toEqual([]);
});

test('half an answer is still there after the screen was left', async () => {
  const { replica, unmount } = await renderWithData(one, { rows: courseRows() });
  fireEvent.change(await screen.findByTestId('field-content'), { target: { value: 'Only half of' } });
  unmount();
  await waitFor(async () =>
    expect(await replica.listDrafts('work/')).toMatchObject([{ value: { content: 'Only half of' } }]),
  );
});

const plan = (name: string): File => new File([`a plan, ${name}`], name, { type: 'text/plain' });
const pick = async (...files: File[]): Promise<void> =>
  void fireEvent.change(await screen.findByTestId('field-files'), { target: { files } });

test('what is typed while a file is copied stays, and both are handed in', async () => {
  const { server, replica } = await renderWithData(one, { rows: courseRows({ submission_type: 'file' }) });
  server.online = false;
  await pick(plan('plan.txt'));
  fireEvent.change(screen.getByTestId('field-content'), { target: { value: 'Written meanwhile' } });
  await screen.findByTestId('file-plan.txt');
  await waitFor(() => expect(screen.getByTestId('btn-submit').getAttribute('aria-busy')).not.toBe('true'));
  expect(screen.getByTestId<HTMLTextAreaElement>('field-content').value).toBe('Written meanwhile');
  fireEvent.click(screen.getByTestId('btn-submit'));
  await waitFor(async () =>
    expect(await replica.find('submissions')).toMatchObject([
      { content: 'Written meanwhile', file_ids: [expect.any(String)] },
    ]),
  );
});

test('of more files than are taken, those that are taken stay with the work', async () => {
  const { server, replica } = await renderWithData(one, { rows: courseRows({ submission_type: 'file' }) });
  server.online = false;
  await pick(plan('1.txt'), plan('2.txt'), plan('3.txt'));
  expect((await screen.findByTestId('form-error')).textContent).toContain('2');
  expect(screen.getByTestId('file-1.txt')).toBeDefined();
  expect(screen.getByTestId('file-2.txt')).toBeDefined();
  expect(await replica.find('files')).toHaveLength(2);
});

test('a declined version shows the feedback, and revising starts from its text', async () => {
  const declined = attempt(1, {
    status: 'declined',
    content: 'Old text',
    notes: 'Name one buyer.',
    reviewed_at: '2026-11-20T09:00:00.000Z',
  });
  const { replica } = await renderWithData(one, { rows: [...courseRows(), declined] });
  expect((await screen.findByTestId('feedback')).textContent).toContain('Name one buyer.');
  const field = await screen.findByTestId<HTMLTextAreaElement>('field-content');
  expect(field.value).toBe('Old text');
  fireEvent.change(field, { target: { value: 'New text' } });
  fireEvent.click(screen.getByTestId('btn-submit'));
  await waitFor(async () =>
    expect(await replica.find('submissions', { version: 2 })).toMatchObject([
      { content: 'New text', based_on: { version: 1, status: 'declined' } },
    ]),
  );
});

/** As the server gives it; who signed it is not looked at here. */
const receiptOf = (sha256: string): string => {
  const payload = {
    code: '7F3K-92QA-M0XD',
    submission_id: '0192f000-0000-7000-8000-00000000f001',
    student_id: testUserId,
    assignment_id: course.assignment,
    version: 1,
    sha256,
    device_time: { from: '2026-11-22T08:00:00.000Z', to: '2026-11-22T08:30:00.000Z', anchored: true },
    handed_in_at: '2026-11-22T08:30:00.000Z',
    is_late: false,
    received_at: '2026-11-22T09:00:00.000Z',
  };
  return `e30.${btoa(JSON.stringify(payload)).replace(/=+$/, '')}.c2ln`;
};
async function hashOf(content: string): Promise<string> {
  const text = new TextEncoder().encode(handedInText({ content, links: [], files: [] }));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

test('the receipt of an attempt is shown without a network, and told from one of other work', async () => {
  const receipt = receiptOf(await hashOf('I sell lunch boxes.'));
  const handedIn = attempt(1, { content: 'I sell lunch boxes.', receipt });
  const { server } = await renderWithData(one, { rows: [...courseRows(), handedIn] });
  server.online = false;
  fireEvent.click(await screen.findByTestId('btn-receipt-1'));
  const dialog = await screen.findByTestId('dialog-receipt');
  expect(dialog.textContent).toContain('7F3K-92QA-M0XD');
  expect(dialog.textContent).toContain('Handed in between');
  expect(await screen.findByTestId('receipt-same-here')).toBeDefined();
});

test('a receipt that was given for other work says so', async () => {
  const altered = attempt(1, { content: 'I sell shoes.', receipt: receiptOf(await hashOf('I sell lunch boxes.')) });
  await renderWithData(one, { rows: [...courseRows(), altered] });
  fireEvent.click(await screen.findByTestId('btn-receipt-1'));
  expect(await screen.findByText(/is not the work this receipt was given for/)).toBeDefined();
  expect(screen.queryByTestId('receipt-same-here')).toBeNull();
});

test('an attempt without a receipt, or with one that cannot be read, offers none', async () => {
  const rows = [attempt(1, { status: 'declined' }), attempt(2, { receipt: 'a.b.c' })];
  await renderWithData(one, { rows: [...courseRows(), ...rows] });
  expect(await screen.findByTestId('attempt-2')).toBeDefined();
  expect(screen.queryByTestId('btn-receipt-1')).toBeNull();
  expect(screen.queryByTestId('btn-receipt-2')).toBeNull();
});

test('what reviewers said beside the decision is shown with the attempt', async () => {
  const comment = {
    type: 'submission_reviews',
    id: '0192f000-0000-7000-8000-00000000e001',
    submission_id: attempt(1, {})['id'],
    submission_version: 1,
    reviewer_id: '0192f000-0000-7000-8000-00000000e002',
    reviewer_name: 'Hina',
    decision: 'comment',
    notes: 'I would have taken it.',
    score: null,
    reviewed_at_client: '2026-11-22T09:30:00.000Z',
    outcome: 'applied',
  };
  const approved = attempt(1, { status: 'approved' });
  await renderWithData(one, {
    rows: [
      ...courseRows(),
      approved,
      comment,
      { ...comment, id: '0192f000-0000-7000-8000-00000000e003', decision: 'approved', notes: 'Well done' },
    ],
  });
  const comments = await screen.findByTestId('comments');
  expect(comments.textContent).toContain('Hina commented');
  expect(comments.textContent).toContain('I would have taken it.');
  expect(comments.textContent).not.toContain('Well done');
});

test('approved work is read-only', async () => {
  await renderWithData(one, { rows: [...courseRows(), attempt(1, { status: 'approved' })] });
  expect(await screen.findByTestId('attempt-1')).toBeDefined();
  expect(screen.queryByTestId('btn-submit')).toBeNull();
  expect(screen.queryByTestId('btn-withdraw')).toBeNull();
});

test('a file that is too large is named with the limit and not taken', async () => {
  const { replica } = await renderWithData(one, { rows: courseRows({ submission_type: 'file' }) });
  const big = new File([new Uint8Array(1_100_000)], 'plan.pdf', { type: 'application/pdf' });
  fireEvent.change(await screen.findByTestId('field-files'), { target: { files: [big] } });
  expect((await screen.findByTestId('form-error')).textContent).toContain('plan.pdf is larger than');
  const program = new File(['MZ'], 'plan.exe', { type: 'application/x-msdownload' });
  fireEvent.change(screen.getByTestId('field-files'), { target: { files: [program] } });
  await waitFor(() => expect(screen.getByTestId('form-error').textContent).toContain('plan.exe is not a kind of file'));
  expect(await replica.find('files')).toEqual([]);
});

test('the list separates what is to do from what is done', async () => {
  await renderWithData(at('/assignments'), { rows: [...courseRows(), attempt(1, { status: 'approved' })] });
  expect(await screen.findByText('You are up to date')).toBeDefined();
  fireEvent.mouseDown(screen.getByTestId('tab-done'), { button: 0 });
  expect(await screen.findByTestId(`work-row-${course.assignment}`)).toBeDefined();
});
