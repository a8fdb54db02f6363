-- What the person of this transaction (auth.uid()) may read. Policies, pulls and streams all ask these.

-- The person, null where they may read nothing at all.
create or replace function sync_me() returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select auth.uid() where exists (
    select from sync_members where user_id = auth.uid() and scope = 'u:' || auth.uid() and lost is null)
$$;

create or replace function sync_holds(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from sync_members where user_id = auth.uid() and scope = wanted and lost is null)
$$;

-- Keys of the scopes of one kind: sync_held('cs') = the courses this student reaches.
create or replace function sync_held(kind text) returns setof uuid
language sql stable security definer rows 50 set search_path = pg_catalog, public, pg_temp as $$
  select substr(scope, 4)::uuid from sync_members
  where user_id = auth.uid() and lost is null and scope >= kind || ':' and scope < kind || ';'
$$;

create or replace function sync_my_scopes() returns setof text
language sql stable security definer rows 100 set search_path = pg_catalog, public, pg_temp as $$
  select scope from sync_members where user_id = auth.uid() and lost is null
$$;

-- Rows of memberships that ended since a checkpoint: those that were published before the end and were not gone already at the
-- checkpoint. Only ids: what was written after the end stays unknown, and so does every token.
create or replace function sync_losses(since pg_snapshot) returns table (type text, id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct left_behind.type, left_behind.id
  from sync_members m
  cross join lateral (
    select r.type, r.id from sync_rows r
    where r.scope = m.scope and r.born < pg_snapshot_xmax(m.lost_at)
      and (not r.deleted or not pg_visible_in_snapshot(r.xid, since))
    offset 0
  ) left_behind
  where m.user_id = auth.uid() and m.lost is not null and not pg_visible_in_snapshot(m.lost, since)
$$;

-- Everything that differs for this person since a checkpoint: per id the best body they may read now, else null, a tombstone.
-- This and the two below run with the person's own rights and are written so that the planner can look inside; row-level security on sync_rows is the second wall. One function for pull and stream.
--   kept scopes:   what changed since the checkpoint
--   gained scopes: every row, and rows that left since both the checkpoint and the gain
--   ended scopes:  sync_losses
create or replace function sync_delta(since pg_snapshot) returns table (type text, id uuid, v uuid, body text)
language sql stable as $$
  with mine as materialized (
    select scope, gained_at, pg_visible_in_snapshot(gained, since) as kept
    from public.sync_members where user_id = auth.uid() and lost is null
  ),
  candidate as (
    select r.type, r.id from public.sync_rows r
    where r.scope in (select scope from mine where kept)
      and r.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(r.xid, since)
    union
    select gained.type, gained.id from mine cross join lateral (
      select r.type, r.id from public.sync_rows r
      where r.scope = mine.scope
        and (not r.deleted
          or (not pg_visible_in_snapshot(r.xid, since) and not pg_visible_in_snapshot(r.xid, mine.gained_at)))
      -- Scope by scope through the index: one gained lesson must not cost a walk over everything published.
      offset 0
    ) gained
    where not mine.kept
    union
    select l.type, l.id from public.sync_losses(since) l
  )
  select c.type, c.id, coalesce(best.v, '00000000-0000-0000-0000-000000000000'), best.body
  from candidate c
  left join lateral (
    select r.v, r.body from public.sync_rows r
    where r.type = c.type and r.id = c.id and r.scope in (select scope from mine)
    order by r.deleted, r.rank desc, r.scope
    limit 1
  ) best on true
$$;

-- The full set, row by row.
create or replace function sync_everything() returns table (type text, id uuid, v uuid, body text)
language sql stable as $$
  select distinct on (r.type, r.id) r.type, r.id, r.v, r.body from public.sync_rows r
  where not r.deleted and r.scope in (select public.sync_my_scopes())
  order by r.type, r.id, r.rank desc, r.scope
$$;

-- The full set for the wire, table by table in the order of `tables`: `place` counts them from 1, `body` is a document. The first line
-- has place 0 and says how many follow at most. Nothing is sorted where a table's rows lie in one scope of the person; elsewhere
-- names are, never bodies: those are fetched from where the same snapshot saw them (ctid).
create or replace function sync_full_set(tables text[]) returns table (place bigint, body text)
language sql stable as $$
  with held as materialized (
    select sent.place, pair.type, array_agg(pair.scope) as scopes, sum(pair.rows)::bigint as rows
    from (
      select r.type, r.scope, count(*) as rows from public.sync_rows r
      where not r.deleted and r.scope in (select public.sync_my_scopes())
      group by r.type, r.scope
    ) pair
    join unnest(tables) with ordinality as sent(type, place) on sent.type = pair.type
    group by sent.place, pair.type
  )
  select 0, coalesce(sum(rows), 0)::text from held
  union all
  select h.place, r.body
  from (select * from held order by place offset 0) h
  cross join lateral (
    select r.body from public.sync_rows r
    where cardinality(h.scopes) = 1 and not r.deleted and r.scope = h.scopes[1] and r.type = h.type
    union all
    select found.body from (
      select distinct on (r.id) r.ctid as at from public.sync_rows r
      where cardinality(h.scopes) > 1 and not r.deleted and r.scope = any(h.scopes) and r.type = h.type
      order by r.id, r.rank desc, r.scope
    ) best
    join public.sync_rows found on found.ctid = best.at
  ) r
$$;

-- Named rows as this person sees them now: the best body, or null where it is gone; no line where there never was one. Each is
-- looked up by its name: joined as a whole, a thousand names would have everything the person reads walked through. The policy of
-- the table leaves what is published in the person's scopes; the plan is kept, since planning takes longer than one row.
create or replace function sync_seen(types text[], ids uuid[]) returns table (type text, id uuid, v uuid, body text)
language plpgsql stable set plan_cache_mode = 'force_generic_plan' as $$
#variable_conflict use_column
begin
  return query
    select best.type, best.id, best.v, best.body
    from unnest(types, ids) as asked(type, id)
    cross join lateral (
      select r.type, r.id, r.v, r.body from public.sync_rows r
      where r.type = asked.type collate "C" and r.id = asked.id
      order by r.deleted, r.rank desc, r.scope
      limit 1
    ) best;
end $$;

grant execute on function
  sync_me(), sync_holds(text), sync_held(text), sync_my_scopes(), sync_losses(pg_snapshot), sync_delta(pg_snapshot),
  sync_everything(), sync_full_set(text[]), sync_seen(text[], uuid[])
to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;

-- Where a row lies (ctid) lets one statement come back to it.
grant select (type, id, scope, rank, v, deleted, body, xid, ctid) on sync_rows
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy sync_read on sync_rows for select
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  using (scope in (select sync_my_scopes()));

grant select on sync_members to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
create policy sync_read on sync_members for select
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin
  using (user_id = (select auth.uid()));
