import type { Evidence, Finding } from './finding.ts';
import type { Told } from './verdicts.ts';

/** Nobody is bothered with a problem that no verdict of the server caused, nor with one that they have dealt with. */
export async function findNeedless(
  { database, devices }: Evidence,
  told: ReadonlyMap<string, Told>,
): Promise<Finding[]> {
  const shown = devices.flatMap((device) => device.replica!.problems.get().map((problem) => ({ device, ...problem })));
  const { rows } = await database.server.query<{ id: string; user_id: string }>(
    'select id, user_id from sync_rejections where id::text = any($1) and acknowledged_at is null',
    [shown.map(({ key }) => key)],
  );
  const refused = new Map(rows.map(({ id, user_id }) => [id, user_id]));
  const isCaused = ({ device, kind, key }: (typeof shown)[number]): boolean =>
    kind === 'conflict' && told.has(key)
      ? told.get(key)!.device.person.id === device.person.id
      : refused.get(key) === device.person.id || key.startsWith('file:');
  return shown
    .filter((problem) => !isCaused(problem))
    .map(({ device, kind, type, id, key }) => ({
      what: 'wrong',
      text: `${device.name} shows a problem that nothing caused: ${kind} of ${type} ${id}, ${key}`,
    }));
}
