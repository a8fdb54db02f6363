import { cleanup, render, screen, waitFor } from '@testing-library/react';
import { useRef } from 'react';
import { afterEach, expect, test } from 'vitest';
import { useKeptFocus } from './use-kept-focus.ts';

afterEach(cleanup);

/** Everything that was due has run. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(() => setTimeout(resolve)));

function Page({ section = true, field = true, other = true }: { section?: boolean; field?: boolean; other?: boolean }) {
  const main = useRef<HTMLElement>(null);
  useKeptFocus(main);
  return (
    <>
      {other && <button type="button">Outside</button>}
      <main ref={main} tabIndex={-1} data-testid="main">
        {section && (
          <section data-testid="section">
            <div>{field && <textarea aria-label="Note" />}</div>
            <button type="button">Approve</button>
          </section>
        )}
      </main>
    </>
  );
}

test('the part of the page around a field that is gone takes its focus', async () => {
  const { rerender } = render(<Page />);
  screen.getByLabelText('Note').focus();
  rerender(<Page field={false} />);
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('section')));
  expect(screen.getByTestId('section').tabIndex, 'no stop for the Tab key').toBe(-1);
});

test('where that part is gone too, the page takes it', async () => {
  const { rerender } = render(<Page />);
  screen.getByLabelText('Note').focus();
  rerender(<Page section={false} />);
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('main')));
});

test('a focus that is still somewhere stays there', async () => {
  const { rerender } = render(<Page />);
  screen.getByLabelText('Note').focus();
  screen.getByText('Approve').focus();
  rerender(<Page field={false} />);
  await nextTurn();
  expect(document.activeElement).toBe(screen.getByText('Approve'));
});

test('when a dialog or a banner goes, the focus is back where it was in the page', async () => {
  const { rerender } = render(<Page />);
  screen.getByText('Approve').focus();
  screen.getByText('Outside').focus();
  rerender(<Page other={false} />);
  await waitFor(() => expect(document.activeElement).toBe(screen.getByText('Approve')));
});

test('who left the focus on purpose is not called back', async () => {
  const { rerender } = render(<Page />);
  screen.getByText('Approve').focus();
  screen.getByText('Approve').blur();
  rerender(<Page field={false} />);
  await nextTurn();
  expect(document.activeElement).toBe(document.body);
});
