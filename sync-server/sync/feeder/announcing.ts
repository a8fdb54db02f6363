import type { Deps } from '../../deps.ts';
import type { Tx } from '../../db/sql.ts';
import { changedNotice, notify, openedNotice, type Opened } from './notices.ts';

/** Tells the other processes. */
export type Announcing = {
  /** By a statement right behind a commit, on its connection. False where they will be told otherwise, in the next milliseconds. */
  behindCommit(tx: Tx): Promise<boolean>;
  changed(): void;
  opened(stream: Opened): void;
  close(): void;
};

/** NOTIFY takes a lock at commit that all notifiers share; one in this time is enough (sync.md 3.5). */
const announceMs = 5;

/** `self`: the name of this process, by which it knows its own notices. */
export function createAnnouncing({ server, log }: Pick<Deps, 'server' | 'log'>, self: string): Announcing {
  /** When what was not announced yet was committed; null where all is. */
  let unannounced: number | null = null;
  /** Runs for a while after each notice. */
  let pause: NodeJS.Timeout | null = null;
  let isClosed = false;

  const report = (what: string) => (error: unknown) => log.error({ err: error }, what);

  /** The first change is told at once, what follows within the next milliseconds together. */
  function tell(): void {
    pause = null;
    if (unannounced === null || isClosed) return;
    notify(server, changedNotice(unannounced, self)).catch(report('announcing a change failed'));
    unannounced = null;
    pause = setTimeout(tell, announceMs);
  }

  return {
    async behindCommit(tx) {
      // They were told of something a moment ago: what comes now is told together with what else comes.
      if (pause || isClosed) return false;
      pause = setTimeout(tell, announceMs);
      await notify(tx, changedNotice(Date.now(), self)).catch(report('announcing a change failed'));
      return true;
    },
    changed() {
      unannounced ??= Date.now();
      if (!pause) tell();
    },
    opened: (stream) => void notify(server, openedNotice(stream)).catch(report('announcing a stream failed')),
    close() {
      isClosed = true;
      if (pause) clearTimeout(pause);
    },
  };
}
