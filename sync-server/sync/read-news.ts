import type { Deps } from '../deps.ts';
import { settleEpoch } from './epoch.ts';
import type { SeenRow } from './frames.ts';

/** A state of the database, as a checkpoint names it. */
export type State = { epoch: string; snapshot: string };

/** A row as it is published in one scope. */
export type PublishedRow = SeenRow & {
  scope: string;
  /** It changed in this scope; otherwise it stands here because it did in another. */
  fresh: boolean;
};

/** What was published since a state, in one later state (`sync_news`). */
export type Read = {
  state: State;
  /** People whose scopes are others now. */
  moved: ReadonlySet<string>;
  /** Of the people asked about: the scopes they read, in the order of names. */
  reads: ReadonlyMap<string, readonly string[]>;
  /** Of every row that changed all scopes, the better body first; null where that is more than is read at once. */
  rows: readonly PublishedRow[] | null;
  /** In that case: the scopes in which something changed. */
  much: readonly string[];
};

/** Rows that are read at once for everybody; of more, each stream reads its own. */
const mostRows = 5_000;

type Line = {
  kind: 'state' | 'moved' | 'reads' | 'row' | 'much';
  id: string | null;
  type: string;
  scope: string;
  fresh: boolean;
  v: string;
  body: string | null;
};

/** Asks what was published since a snapshot, and for the scopes of people who are not known yet. */
export async function readNews(
  { server }: Pick<Deps, 'server'>,
  since: string,
  asked: readonly string[],
): Promise<Read> {
  const ask = async (): Promise<Line[]> => {
    const { rows } = await server.query<Line>({
      name: 'sync-news',
      text: 'select kind, id, type, scope, fresh, v, body from sync_news($1, $2, $3)',
      values: [since, asked, mostRows],
    });
    return rows;
  };
  let lines = await ask();
  if (stateOf(lines) === null) {
    await settleEpoch(server);
    lines = await ask();
  }
  const state = stateOf(lines);
  if (state === null) throw new Error('The epoch of this database could not be settled.');
  return { state, ...sorted(lines) };
}

/** Null where the database is not the one whose epoch is on record (restored, promoted, reloaded). */
function stateOf(lines: readonly Line[]): State | null {
  const line = lines.find(({ kind }) => kind === 'state');
  return line?.id && line.body ? { epoch: line.id, snapshot: line.body } : null;
}

function sorted(lines: readonly Line[]): Omit<Read, 'state'> {
  const moved = new Set<string>();
  const reads = new Map<string, string[]>();
  const rows: PublishedRow[] = [];
  const much: string[] = [];
  for (const { kind, id, body, ...line } of lines) {
    if (kind === 'moved') moved.add(id!);
    else if (kind === 'reads') reads.set(id!, body?.split(' ') ?? []);
    else if (kind === 'row') rows.push({ ...line, id: id!, body });
    else if (kind === 'much') much.push(line.scope);
  }
  return { moved, reads, rows: much.length > 0 ? null : rows, much };
}
