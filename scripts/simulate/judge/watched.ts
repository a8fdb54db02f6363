import type { TestDatabase } from '../../../sync-server/testing/test-database.ts';
import type { Finding } from './finding.ts';

type Views = Map<string, [number, number][]>;

async function readViews({ server }: TestDatabase): Promise<Views> {
  const { rows } = await server.query<{ id: string; watched_ranges: [number, number][] }>(
    'select id, watched_ranges from recording_views where not is_deleted',
  );
  return new Map(rows.map(({ id, watched_ranges }) => [id, watched_ranges]));
}

/** Which seconds of which lessons counted as watched at some time: how much is believed the server decides, but it never forgets. */
export class Watched {
  private readonly seen = new Map<string, Set<number>>();

  async look(database: TestDatabase): Promise<void> {
    for (const [id, ranges] of await readViews(database)) {
      const seconds = this.seen.get(id) ?? new Set();
      this.seen.set(id, seconds);
      for (const [from, to] of ranges) for (let at = from; at < to; at++) seconds.add(at);
    }
  }

  async findForgotten(database: TestDatabase): Promise<Finding[]> {
    const views = await readViews(database);
    return [...this.seen].flatMap(([id, seconds]) => {
      const ranges = views.get(id);
      const gone = ranges ? [...seconds].filter((at) => !ranges.some(([from, to]) => from <= at && at < to)) : [];
      return gone.length > 0
        ? [{ what: 'lost' as const, text: `recording_views ${id} forgot the seconds ${gone.join(', ')}` }]
        : [];
    });
  }
}
