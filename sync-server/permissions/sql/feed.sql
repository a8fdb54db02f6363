-- What the live streams of one process ask: whether anything is new, and whom of those who listen here it concerns.

-- Whether anything was published or anybody's reading moved since that look (null: nobody looked yet). Every process asks it four
-- times a second, whoever listens; with plans that are kept and never walk a table.
create or replace function sync_has_news(since pg_snapshot) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = 'force_generic_plan' set enable_seqscan = off as $$
begin
  return since is null
    or exists (select from sync_rows r where r.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(r.xid, since))
    or exists (select from sync_members m where m.gained >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(m.gained, since))
    or exists (select from sync_members m where m.lost >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(m.lost, since));
end $$;

-- What was published since that look, for whoever it was published, in one statement and so in one state of the database. A line is
--   state  where the database stands: `id` its epoch (null: the history on record is another one), `body` the snapshot
--   moved  `id`: a person who gained or lost a scope since
--   reads  `id`: one of the people asked about; `body`: the scopes they read, in order, joined by spaces
--   row    a row that changed in any scope (`fresh`: in this one), with every scope it is published in: those of one row follow each
--          other, the body that a person gets of it first among those of their scopes (as in sync_delta)
--   much   instead of rows, where there are more than `most`: a scope in which something changed
-- For the server alone: who gets which of these lines is decided in sync/news.ts, by the scopes that this says people read.
create or replace function sync_news(since pg_snapshot, asked uuid[], most int)
returns table (kind text, id uuid, type text, scope text, fresh boolean, v uuid, body text)
language plpgsql stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = 'force_generic_plan' set enable_seqscan = off as $$
begin
  return query select 'state', sync_epoch_now(), null::text, null::text, null::boolean, null::uuid, sync_snapshot()::text;
  return query
    select 'moved', m.user_id, null::text, null::text, null::boolean, null::uuid, null::text from sync_members m
    where m.gained >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(m.gained, since)
    union
    select 'moved', m.user_id, null, null, null, null, null from sync_members m
    where m.lost >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(m.lost, since);
  if cardinality(asked) > 0 then
    return query
      select 'reads', person.id, null::text, null::text, null::boolean, null::uuid,
        (select string_agg(m.scope, ' ' order by m.scope) from sync_members m where m.user_id = person.id and m.lost is null)
      from unnest(asked) as person(id);
  end if;
  if (select count(*) from (
        select from sync_rows r where r.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(r.xid, since) limit most + 1
      ) changed) > most then
    return query
      select distinct 'much', null::uuid, null::text, r.scope, true, null::uuid, null::text from sync_rows r
      where r.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(r.xid, since);
  else
    return query
      select 'row', r.id, r.type, r.scope, not pg_visible_in_snapshot(r.xid, since), r.v, r.body
      from (
        select distinct changed.type, changed.id from (
          select c.type, c.id from sync_rows c
          where c.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(c.xid, since) limit most
        ) changed
      ) name
      -- Row by row through its key, however many the planner expects.
      cross join lateral (
        select * from sync_rows around where around.type = name.type and around.id = name.id offset 0
      ) r
      order by r.type, r.id, r.deleted, r.rank desc, r.scope;
  end if;
end $$;
