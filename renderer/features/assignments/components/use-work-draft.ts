import { useCallback, useRef, useState } from 'react';
import { useAutosave } from '../../../data/index.ts';
import type { WorkDraft } from '../actions.ts';

/**
 * The attempt that is being written. `now` is asked, and `change` applied, at the moment itself: a file takes seconds to be copied, and
 * what its person types meanwhile must not go back to what stood there when they picked it.
 */
export function useWorkDraft(initial: WorkDraft, save: (draft: WorkDraft) => Promise<void>) {
  const [draft, setDraft] = useState(initial);
  const newest = useRef(initial);
  const { keep, flush, forget } = useAutosave(save);
  const now = useCallback((): WorkDraft => newest.current, []);
  const change = useCallback(
    (part: Partial<WorkDraft>): void => {
      newest.current = { ...newest.current, ...part };
      keep(newest.current);
      setDraft(newest.current);
    },
    [keep],
  );
  return { draft, now, change, flush, forget };
}
