import { cleanup, fireEvent, render } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { useRegisterShortcuts, useShortcutListener, type Shortcut } from './shortcuts.ts';

afterEach(cleanup);

function Keys({ shortcuts }: { shortcuts: Shortcut[] }) {
  useShortcutListener();
  useRegisterShortcuts(shortcuts);
  return (
    <>
      <input aria-label="field" />
      <button type="button">elsewhere</button>
    </>
  );
}

const make = (keys: string, more: Partial<Shortcut> = {}): Shortcut => ({
  id: keys,
  keys,
  label: keys,
  group: 'general',
  run: vi.fn(),
  ...more,
});

test('a single letter works outside fields only', () => {
  const approve = make('a');
  const { getByRole, getByLabelText } = render(<Keys shortcuts={[approve]} />);
  fireEvent.keyDown(getByLabelText('field'), { key: 'a' });
  expect(approve.run).not.toHaveBeenCalled();
  fireEvent.keyDown(getByRole('button'), { key: 'a' });
  expect(approve.run).toHaveBeenCalledOnce();
});

test('a combination meant for everywhere works in a field too', () => {
  const search = make('mod+k', { inFields: true });
  const { getByLabelText } = render(<Keys shortcuts={[search]} />);
  fireEvent.keyDown(getByLabelText('field'), { key: 'k', ctrlKey: true });
  expect(search.run).toHaveBeenCalledOnce();
});

test('shift with a letter and a bare symbol are told apart', () => {
  const next = make('shift+n');
  const help = make('?');
  const { getByRole } = render(<Keys shortcuts={[next, help]} />);
  fireEvent.keyDown(getByRole('button'), { key: 'N', shiftKey: true });
  fireEvent.keyDown(getByRole('button'), { key: '?', shiftKey: true });
  expect(next.run).toHaveBeenCalledOnce();
  expect(help.run).toHaveBeenCalledOnce();
});

test('what left the screen no longer listens', () => {
  const gone = make('x');
  const { unmount } = render(<Keys shortcuts={[gone]} />);
  unmount();
  fireEvent.keyDown(document.body, { key: 'x' });
  expect(gone.run).not.toHaveBeenCalled();
});
