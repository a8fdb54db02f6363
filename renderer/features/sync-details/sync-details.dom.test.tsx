import '../../testing/patience.ts';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { MemoryRouter, Route, Routes } from 'react-router';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ConflictClosedError, DataProvider, type Problem, type Replica } from '../../data/index.ts';
import { startWords } from '../../locales/i18n.ts';
import { createFakeServer } from '../../testing/fake-server.ts';
import { assignmentId, idOf, submissionRow } from '../../testing/rows.ts';
import { createTestDevice } from '../../testing/test-device.ts';
import { withStates } from '../../testing/with-states.ts';
import SyncDetailsScreen from './screens/sync-details-screen.tsx';

beforeAll(startWords);
let opened: Replica | null = null;
afterEach(async () => {
  cleanup();
  await opened?.close();
});

const decided = (status: 'declined' | 'approved') =>
  submissionRow(1, { status, content: 'one\nold', notes: 'Say more.', reviewed_at: '2026-11-21T09:00:00.000Z' });
const conflict = (status: 'declined' | 'approved'): Problem => ({
  key: 'c1',
  kind: 'conflict',
  type: 'submissions',
  id: idOf(4, 2),
  code: 'already_reviewed',
  message: '',
  at: new Date('2026-11-22T08:00:00.000Z'),
  mine: { assignment_id: assignmentId, content: 'one\nnew', links: [], file_ids: [] },
  theirs: decided(status),
});
const refused: Problem = { ...conflict('declined'), key: 'r1', kind: 'refused', code: 'submission_open', theirs: null };

async function show(problems: Problem[], overrides: Partial<Replica> = {}) {
  opened = await createTestDevice({ server: createFakeServer() }).openSynced();
  const replica = {
    ...withStates(opened, { problems, sync: { status: 'problem', problems: problems.length } }),
    ...overrides,
  };
  render(
    <DataProvider replica={replica}>
      <MemoryRouter initialEntries={['/sync']}>
        <Routes>
          <Route path="/sync" element={<SyncDetailsScreen />} />
          <Route path="/assignments/:id" element={<p>the assignment</p>} />
        </Routes>
      </MemoryRouter>
    </DataProvider>,
  );
  return replica;
}

test('a conflict shows both versions, the feedback, and sends mine as the next version', async () => {
  const resolveConflict = vi.fn(async () => undefined);
  await show([conflict('declined')], { resolveConflict });
  expect(screen.getByTestId('conflict-mine').textContent).toContain('new');
  expect(screen.getByTestId('conflict-mine').textContent).not.toContain('old');
  expect(screen.getByTestId('conflict-theirs').textContent).toContain('Say more.');
  expect(screen.getByTestId('status-declined')).toBeDefined();
  fireEvent.click(screen.getByText('Send mine as version 2'));
  await waitFor(() => expect(resolveConflict).toHaveBeenCalledWith('c1', 'send_mine'));
});

test('after an approval sending is not offered, keeping and copying are', async () => {
  await show([conflict('approved')]);
  expect(screen.queryByTestId('btn-send-mine')).toBeNull();
  expect(screen.getByTestId('btn-keep-theirs')).toBeDefined();
  expect(screen.getByTestId('btn-copy')).toBeDefined();
});

const verdict: Problem = {
  key: 'v1',
  kind: 'refused',
  type: 'submission_reviews',
  id: idOf(5, 1),
  code: 'already_reviewed',
  message: '',
  at: new Date('2026-11-22T08:00:00.000Z'),
  mine: { submission_id: idOf(4, 1), submission_version: 1, decision: 'approved', notes: 'I would have taken it.' },
  theirs: null,
};

test('a verdict that came second is shown beside the one that stands, and its note is kept as a comment', async () => {
  const server = createFakeServer([decided('declined')]);
  const device = createTestDevice({ server, role: 'mentor' });
  opened = await device.openSynced();
  const discardProblem = vi.fn(async () => undefined);
  render(
    <DataProvider replica={{ ...withStates(opened, { problems: [verdict] }), discardProblem }}>
      <MemoryRouter>
        <SyncDetailsScreen />
      </MemoryRouter>
    </DataProvider>,
  );
  expect((await screen.findByTestId('verdict-mine')).textContent).toContain('I would have taken it.');
  await waitFor(() => expect(screen.getByTestId('verdict-standing').textContent).toContain('Say more.'));
  expect(screen.getByTestId('status-declined')).toBeDefined();
  fireEvent.click(screen.getByTestId('btn-keep-as-comment'));
  await waitFor(() => expect(discardProblem).toHaveBeenCalledWith('v1'));
  expect(await opened.find('submission_reviews')).toMatchObject([
    {
      submission_id: idOf(4, 1),
      submission_version: 1,
      decision: 'comment',
      notes: 'I would have taken it.',
      score: null,
    },
  ]);
});

test('a verdict on a version that is no longer the last leads to the newer one', async () => {
  const own = { student_id: idOf(6, 1) };
  const server = createFakeServer([{ ...decided('declined'), ...own }, submissionRow(2, own)]);
  opened = await createTestDevice({ server, role: 'mentor' }).openSynced();
  render(
    <DataProvider replica={withStates(opened, { problems: [{ ...verdict, code: 'stale' }] })}>
      <MemoryRouter>
        <SyncDetailsScreen />
      </MemoryRouter>
    </DataProvider>,
  );
  const link = await screen.findByTestId('btn-read-newer');
  expect(link.textContent).toContain('version 2');
  expect(link.getAttribute('href')).toBe(`/mentor/reviews/${idOf(4, 2)}`);
});

test('when the way closes while choosing, it is said and nothing is lost', async () => {
  await show([conflict('declined')], {
    resolveConflict: () => Promise.reject(new ConflictClosedError('already_approved')),
  });
  fireEvent.click(screen.getByTestId('btn-send-mine'));
  expect((await screen.findByRole('alert')).textContent).toContain('can no longer be sent');
  expect(screen.getByTestId('conflict-mine').textContent).toContain('new');
});

test('a refused change keeps its whole text and asks once before it is discarded', async () => {
  const discardProblem = vi.fn(async () => undefined);
  await show([refused], { discardProblem });
  expect(screen.getByTestId('problem-r1').textContent).toContain('one\nnew');
  fireEvent.click(screen.getByTestId('btn-discard'));
  await screen.findByTestId('dialog-discard');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('btn-cancel')));
  expect(discardProblem).not.toHaveBeenCalled();
  fireEvent.click(screen.getByTestId('btn-confirm'));
  await waitFor(() => expect(discardProblem).toHaveBeenCalledWith('r1'));
});

test('a refused attempt opens as a draft with its content, under a new id', async () => {
  const saveDraft = vi.fn(async () => undefined);
  await show([refused], { saveDraft });
  fireEvent.click(screen.getByTestId('btn-open-as-draft'));
  expect(await screen.findByText('the assignment')).toBeDefined();
  expect(saveDraft).toHaveBeenCalledWith(`work/${assignmentId}`, expect.objectContaining({ content: 'one\nnew' }));
});

test.each([
  ['app', 'An update is needed'],
  ['server', 'Waiting for the academy’s server'],
] as const)('it says who has to be updated: %s', async (outdated, words) => {
  opened = await createTestDevice({ server: createFakeServer() }).openSynced();
  render(
    <DataProvider replica={withStates(opened, { sync: { status: 'outdated', outdated } })}>
      <MemoryRouter>
        <SyncDetailsScreen />
      </MemoryRouter>
    </DataProvider>,
  );
  expect((await screen.findByTestId('sync-state')).textContent).toContain(words);
});
