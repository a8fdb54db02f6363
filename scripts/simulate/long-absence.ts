import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import { insist } from './moves.ts';

/**
 * What no device lives through in a round, for it takes months or another machine: the end of tombstones, and a database with another
 * history. Both while nobody is connected, so that whoever comes back with a checkpoint of before has to start over.
 */
export const absenceSchema = `
  create schema if not exists simulation;
  -- Who could be sent what, of which the engine itself forgets that it was so.
  create table simulation.once_sent (user_id uuid, type text, id uuid, primary key (user_id, type, id));
  -- Tombstones age here within seconds, the verdicts of operations that are still on their way do not.
  create function simulation.keep_verdict() returns trigger language plpgsql as $$
  begin
    return null;
  end $$;
  create trigger keep_verdict before delete on sync_ops
    for each row when (current_setting('simulation.purging', true) = 'on') execute function simulation.keep_verdict();`;

/** Everybody was away for longer than tombstones are kept. */
export const endTombstones = ({ server }: TestDatabase, people: readonly string[]): Promise<void> =>
  insist(async () => {
    await rememberSent({ server }, people);
    await server.query("select set_config('simulation.purging', 'on', true), sync_purge(now(), 0)");
  });

/** The database was put back, promoted or reloaded: no checkpoint of before means anything in it. */
export const beginHistory = ({ server }: TestDatabase, people: readonly string[]): Promise<void> =>
  insist(async () => {
    await rememberSent({ server }, people);
    await server.query("update sync_epoch set history = 'of another machine'");
  });

const rememberSent = ({ server }: Pick<TestDatabase, 'server'>, people: readonly string[]) =>
  server.query(
    `insert into simulation.once_sent
     select distinct m.user_id, r.type, r.id from sync_members m join sync_rows r on r.scope = m.scope
     where m.user_id = any($1) and (m.lost is null or r.born < pg_snapshot_xmax(m.lost_at))
     on conflict do nothing`,
    [people],
  );
