import { useCallback, useEffect, useRef } from 'react';

/** Saves the newest value some time after the last change, and on leaving; `forget` when it went somewhere better. */
export function useAutosave<T>(save: (value: T) => Promise<void>, after: number) {
  const unsaved = useRef<{ value: T } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  const forget = useCallback((): void => {
    clearTimeout(timer.current);
    unsaved.current = null;
  }, []);
  const flush = useCallback(async (): Promise<void> => {
    const waiting = unsaved.current;
    forget();
    if (waiting) await latest.current(waiting.value);
  }, [forget]);
  const keep = useCallback(
    (value: T): void => {
      clearTimeout(timer.current);
      unsaved.current = { value };
      timer.current = setTimeout(() => void flush(), after);
    },
    [flush, after],
  );
  useEffect(() => () => void flush(), [flush]);
  return { keep, flush, forget };
}
