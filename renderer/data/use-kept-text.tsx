import { useState } from 'react';
import { useDraft } from './hooks.tsx';
import { useAutosave } from './use-autosave.ts';

/**
 * Text that is being typed, kept sealed on this device as it grows: a closed window or a killed browser loses two seconds of it at most.
 * Undefined while it is read. One key for the life of a component; another text is another component (`key`).
 */
export function useKeptText(key: string): {
  text: string | undefined;
  change: (text: string) => void;
  /** It went where it was meant for, or is not wanted any more. */
  clear: () => Promise<void>;
} {
  const stored = useDraft<string>(key);
  const [typed, setTyped] = useState<string | null>(null);
  const { keep, forget } = useAutosave(stored.save);
  const clear = async (): Promise<void> => {
    forget();
    setTyped('');
    await stored.clear();
  };
  return {
    text: stored.value === undefined ? undefined : (typed ?? stored.value ?? ''),
    change(text) {
      setTyped(text);
      // A field that was emptied is no half-written work.
      if (text === '') void clear();
      else keep(text);
    },
    clear,
  };
}
