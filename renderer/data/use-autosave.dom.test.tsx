import { cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useAutosave } from './use-autosave.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const start = () => {
  const save = vi.fn(async (_: string) => undefined);
  return { save, ...renderHook(() => useAutosave(save)) };
};

test('whoever types without a pause has it saved all the same', () => {
  const { save, result } = start();
  for (let typed = 1; typed <= 5; typed++) {
    result.current.keep('x'.repeat(typed));
    vi.advanceTimersByTime(500);
  }
  expect(save.mock.calls).toEqual([['xxxx']]);
});

test('leaving saves at once, and what went somewhere better is not saved again', () => {
  const first = start();
  first.result.current.keep('half');
  first.unmount();
  expect(first.save.mock.calls).toEqual([['half']]);

  const second = start();
  second.result.current.keep('handed in');
  second.result.current.forget();
  second.unmount();
  vi.advanceTimersByTime(10_000);
  expect(second.save).not.toHaveBeenCalled();
});
