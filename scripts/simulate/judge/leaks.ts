import type { Device } from '../device.ts';
import { marksIn, type Mark } from '../tokens.ts';
import type { Evidence, Finding } from './finding.ts';
import type { Place } from './places.ts';

/** Looks through every byte that devices received, back to their first day. */
export async function findLeaks({ database, devices, ledger, audience, places }: Evidence): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const device of devices) {
    const received = device.lines.flatMap((line) => line.received.map(({ text }) => text)).join('\n');
    for (const mark of new Map(marksIn(received).map((one) => [one.text, one])).values()) {
      const written = ledger.written.get(mark.text);
      const stood = [...(places.get(mark.text) ?? []), ...(written ? [written] : []), ...placesByName(mark)];
      if (mayHaveRead(device, mark, stood) || mayHaveRead(device, mark, await worksOf(mark))) continue;
      if (!(await passed(device, stood)))
        findings.push({ what: 'leaked', text: `${device.name} received ${mark.text} of ${JSON.stringify(stood)}` });
    }
    const asked = askedBy(device);
    for (const key of new Set([...received.matchAll(named)].map(([, type, id]) => `${type}|${id}`)))
      if (!asked.has(key) && !audience.couldSee(device.person.id, key) && !(await passed(device, [rowOf(key)])))
        findings.push({ what: 'leaked', text: `${device.name} heard of ${key}` });
  }
  return findings;

  /** Where a verdict stood until the next one of the same work replaced it, perhaps before anybody looked. */
  async function worksOf({ kind, text }: Mark): Promise<Pick<Place, 'table' | 'id' | 'column'>[]> {
    if (kind !== 'review') return [];
    const { rows } = await database.server.query<{ id: string }>(
      "select submission_id as id from submission_reviews where outcome = 'applied' and position($1 in notes) > 0",
      [text],
    );
    return rows.map(({ id }) => ({ table: 'submissions', id, column: 'notes' }));
  }

  /** Made while a scope was being moved, and the engine knows of a scope in which this person saw it. */
  async function passed({ person }: Device, stood: readonly Row[]): Promise<boolean> {
    for (const { table, id } of stood) {
      const { rows } = await database.server.query<{ created_at: string }>(
        `select created_at from ${table} t where id = $1 and exists (
           select from sync_rows r join sync_members m on m.scope = r.scope
           where r.type = $2 and r.id = t.id and m.user_id = $3 and (m.lost is null or r.born < pg_snapshot_xmax(m.lost_at))
           union all
           select from simulation.once_sent o where o.type = $2 and o.id = t.id and o.user_id = $3)`,
        [id, table, person.id],
      );
      if (rows[0] && audience.wasMadeInAMove(new Date(rows[0].created_at))) return true;
      if (table === 'leaderboard_snapshots' && (await livedBetweenLooks(person.id, id))) return true;
    }
    return false;
  }

  /** A student who hides their name and shows it again gets a line of another id each time; the rules can no longer be asked of it. */
  async function livedBetweenLooks(person: string, id: string): Promise<boolean> {
    const { rowCount } = await database.server.query(
      `select from (
         select r.id from sync_rows r join sync_members m on m.scope = r.scope
         where r.type = 'leaderboard_snapshots' and r.id = $1 and r.deleted and m.user_id = $2
         union all
         select o.id from simulation.once_sent o where o.type = 'leaderboard_snapshots' and o.id = $1 and o.user_id = $2
       ) gone
       where not exists (select from leaderboard_snapshots b where b.id = gone.id)`,
      [id, person],
    );
    return rowCount! > 0;
  }

  function mayHaveRead({ person }: Device, mark: Mark, stood: Pick<Place, 'table' | 'id' | 'column'>[]): boolean {
    if (mark.owner === person.id && mark.kind !== 'about') return true;
    return stood.some(({ table, id, column }) => audience.couldRead(person.id, `${table}|${id}`, column));
  }
}

type Row = Pick<Place, 'table' | 'id'>;
const rowOf = (key: string): Row => ({ table: key.split('|')[0]!, id: key.split('|')[1]! });

/** The team's texts carry the row they stand in, for they are written over between two looks. */
const placesByName = ({ kind, owner }: Mark) =>
  kind === 'staff'
    ? ['available_lessons', 'success_sessions'].map((table) => ({ table, id: owner, column: 'notes' }))
    : [];

const named = /"type":"([a-z_]+)","id":"([0-9a-f-]{36})"/g;

/** Rows that this device itself named to the server, so that an answer about them tells nothing. */
const askedBy = (device: Device): Set<string> =>
  new Set(device.lines.flatMap((line) => line.sent.map(({ type, id }) => `${type}|${id}`)));
