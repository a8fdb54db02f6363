import { useCallback, useEffect, useRef } from 'react';

/** What is typed lies on the disk after so many milliseconds at the latest, however long its person types on. */
const saveAfter = 2000;

/** Saves the newest value some time after the first change that is not saved, and on leaving; `forget` when it went somewhere better. */
export function useAutosave<T>(save: (value: T) => Promise<void>) {
  const unsaved = useRef<{ value: T } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  const forget = useCallback((): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    unsaved.current = null;
  }, []);
  const flush = useCallback(async (): Promise<void> => {
    const waiting = unsaved.current;
    forget();
    if (waiting) await latest.current(waiting.value);
  }, [forget]);
  const keep = useCallback(
    (value: T): void => {
      unsaved.current = { value };
      timer.current ??= setTimeout(() => void flush(), saveAfter);
    },
    [flush],
  );
  useEffect(() => () => void flush(), [flush]);
  return { keep, flush, forget };
}
