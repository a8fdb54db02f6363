import '../testing/patience.ts';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { DataProvider, type PendingItem, type Problem, type Replica } from '../data/index.ts';
import { startWords } from '../locales/i18n.ts';
import { session, type SignInAnswer } from '../platform/index.ts';
import { createTestDevice } from '../testing/test-device.ts';
import { withStates } from '../testing/with-states.ts';
import { ConnectionContext } from '../ui/index.ts';
import { ReauthDialog } from './reauth-dialog.tsx';
import { SignOutDialog } from './sign-out-dialog.tsx';
import { unsentAsText } from './unsent-copy.ts';

beforeAll(startWords);
let opened: Replica | null = null;
afterEach(async () => {
  cleanup();
  await opened?.close();
  opened = null;
});

const at = new Date('2026-11-22T09:00:00.000Z');
const note: PendingItem = {
  key: 'o1',
  type: 'lesson_notes',
  id: 'n1',
  createdAt: at,
  tries: 1,
  nextTryAt: null,
  state: 'waiting',
  bytes: null,
  set: { body: 'My long thought' },
};
const problem: Problem = {
  key: 'p1',
  kind: 'refused',
  type: 'submissions',
  id: 's1',
  code: 'locked',
  message: '',
  at,
  mine: { content: 'My work' },
  theirs: null,
};

type Unsent = { pending?: PendingItem[]; problems?: Problem[]; drafts?: Record<string, unknown> };

async function leave({ drafts = {}, ...unsent }: Unsent, online = true) {
  const signOut = vi.fn(async () => ({ ok: false as const, reason: 'not_sent' as const }));
  session.setState({ signOut });
  opened = await createTestDevice().openSynced();
  for (const [key, value] of Object.entries(drafts)) await opened.saveDraft(key, value);
  render(
    <ConnectionContext value={online}>
      <DataProvider replica={withStates(opened, { pending: [], problems: [], ...unsent })}>
        <SignOutDialog open onOpenChange={() => undefined} />
      </DataProvider>
    </ConnectionContext>,
  );
  return signOut;
}

test('with nothing unsent one confirmation is enough', async () => {
  const signOut = await leave({});
  fireEvent.click(screen.getByTestId('btn-confirm'));
  await waitFor(() => expect(signOut).toHaveBeenCalledWith('sync'));
});

test('half-written work is named and saved before the copy on this device goes', async () => {
  const saved = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:copy');
  const words = { id: 'x', content: 'Half of', links: [], file_ids: [] };
  const signOut = await leave({ drafts: { 'work/a': words, 'work/b': { ...words, content: '' } } });
  expect((await screen.findByTestId('drafts-here')).textContent).toContain('1 draft lies only on this device');
  fireEvent.click(screen.getByTestId('btn-confirm'));
  await waitFor(() => expect(signOut).toHaveBeenCalledWith('sync'));
  const [copy] = saved.mock.calls[0] as [Blob];
  expect(await copy.text()).toContain('Half of');
  saved.mockRestore();
});

test('what could not be sent keeps the person signed in, and says so', async () => {
  const signOut = await leave({ pending: [note] });
  fireEvent.click(screen.getByTestId('btn-sync-and-sign-out'));
  expect(await screen.findByText(/you are still signed in/)).toBeDefined();
  expect(signOut).toHaveBeenCalledExactlyOnceWith('sync');
});

test('throwing away needs the word typed', async () => {
  const signOut = await leave({ pending: [note] });
  fireEvent.click(screen.getByTestId('btn-discard-and-sign-out'));
  expect(signOut).not.toHaveBeenCalled();
  fireEvent.change(screen.getByTestId('field-discard'), { target: { value: 'DISCARD' } });
  fireEvent.click(screen.getByTestId('btn-discard-and-sign-out'));
  expect(signOut).toHaveBeenCalledExactlyOnceWith('discard');
});

test.each([
  ['without a connection', { pending: [note] }, false],
  ['while something needs an answer', { problems: [problem] }, true],
])('sending first is not offered %s', async (_when, unsent, online) => {
  const signOut = await leave(unsent, online);
  fireEvent.click(screen.getByTestId('btn-sync-and-sign-out'));
  expect(signOut).not.toHaveBeenCalled();
});

test('the saved copy holds every unsent word', () => {
  const draft = { key: 'work/a', savedAt: at, value: { content: 'Half of' } };
  expect(unsentAsText([note], [problem], [draft])).toBe(
    [
      'lesson_notes (2026-11-22T09:00:00.000Z)',
      'body: My long thought',
      '',
      'submissions (2026-11-22T09:00:00.000Z)',
      'content: My work',
      '',
      'draft work/a (2026-11-22T09:00:00.000Z)',
      'content: Half of',
    ].join('\n'),
  );
});

test('signing in again keeps the address, tells what is wrong, and closes when it worked', async () => {
  const signIn = vi.fn<(email: string, password: string) => Promise<SignInAnswer>>();
  session.setState({
    state: 'expired',
    user: { id: 'x', email: 'ayesha@falcon.example', full_name: 'Ayesha' },
    signIn,
  });
  const onOpenChange = vi.fn();
  render(<ReauthDialog open onOpenChange={onOpenChange} />);
  signIn.mockResolvedValueOnce({ ok: false, code: 'invalid_credentials', retryAfter: null });
  fireEvent.change(screen.getByTestId('field-password'), { target: { value: 'not it' } });
  fireEvent.click(screen.getByTestId('btn-sign-in'));
  expect((await screen.findByRole('alert')).textContent).toContain('not right');
  signIn.mockResolvedValueOnce({ ok: true });
  fireEvent.click(screen.getByTestId('btn-sign-in'));
  await waitFor(() => expect(onOpenChange).toHaveBeenCalledWith(false));
  expect(signIn).toHaveBeenCalledWith('ayesha@falcon.example', 'not it');
});
