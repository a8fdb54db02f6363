-- Replication's own bookkeeping. Nothing here is for people, except through functions that ask for the server's key.

-- Stamps what is published with its transaction. `born` stays what it was, except where the epoch is renewed.
create or replace function sync_stamp_row() returns trigger language plpgsql as $$
begin
  new.xid := pg_current_xact_id();
  new.seq := nextval('sync_seq');
  if tg_op = 'INSERT' then new.born := new.xid; end if;
  return new;
end $$;

-- The epoch of this physical history of the cluster; a new one is made when the history is not the one on record. Stamps of the
-- old history say nothing here (after a dump and reload they may lie in the future), so everything is stamped anew. What left
-- is forgotten: no checkpoint of before will be asked with again.
create or replace function sync_check_epoch() returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  here constant text := (select system_identifier from pg_control_system()) || '/' || (select timeline_id from pg_control_checkpoint());
begin
  insert into sync_epoch (history) values (here)
  on conflict (singleton) do update set epoch = gen_random_uuid(), history = excluded.history, purged_upto = '0'
  where sync_epoch.history <> excluded.history;
  if found then
    delete from sync_rows where deleted;
    update sync_rows set born = pg_current_xact_id();
    delete from sync_members where lost is not null;
    update sync_members set gained = pg_current_xact_id(), gained_at = pg_current_snapshot();
    delete from sync_marks;
  end if;
  return (select epoch from sync_epoch);
end $$;

-- The epoch, null where the history is not the one on record and the server must look again.
create or replace function sync_epoch_now() returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select epoch from sync_epoch
  where history = (select system_identifier from pg_control_system()) || '/' || (select timeline_id from pg_control_checkpoint())
$$;
grant execute on function sync_epoch_now() to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;

-- Checkpoints whose snapshot begins before this transaction may have missed purged tombstones.
create or replace function sync_purged_upto() returns xid8
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select purged_upto from sync_epoch), '0')
$$;
grant execute on function sync_purged_upto() to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;

-- Where the database stands, as checkpoints and looks name it: the snapshot of this statement, cut off behind the last transaction that
-- published something. For what is published it says the same as the whole snapshot. What it leaves out are transactions that
-- published nothing, and of those PostgreSQL forgets some in a crash: one that was taken back, or did not wait for the disk, need not
-- have left a trace, and then its number is given to another. Of that one a checkpoint that named the number would hear nothing, ever.
-- The last one that published waited for the disk, and with it every number below. What was purged counts as published.
create or replace function sync_snapshot() returns pg_snapshot
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select (least(upto, pg_snapshot_xmin(here)::text::bigint) || ':' || upto || ':' || coalesce(
      (select string_agg(open::text, ',' order by open) from pg_snapshot_xip(here) open where open::text::bigint < upto), ''))::pg_snapshot
  from pg_current_snapshot() here, (
    select greatest(
      (select r.xid from sync_rows r order by r.xid desc limit 1)::text::bigint + 1,
      (select m.gained from sync_members m order by m.gained desc limit 1)::text::bigint + 1,
      (select m.lost from sync_members m where m.lost is not null order by m.lost desc limit 1)::text::bigint + 1,
      (select purged_upto from sync_epoch)::text::bigint, 1) as upto
  ) published
$$;
grant execute on function sync_snapshot() to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;

-- Forgets tombstones, ended memberships and verdicts that are older than `days`. Run daily; each run also notes where today is.
create or replace function sync_purge(seen_at timestamptz, days int) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  horizon xid8;
  purged bigint;
begin
  -- Below xmin every transaction is over, so nothing older can still appear behind the mark.
  insert into sync_marks (at, upto) values (seen_at, pg_snapshot_xmin(sync_snapshot())) on conflict do nothing;
  select upto into horizon from sync_marks where at <= seen_at - make_interval(days => days) order by at desc limit 1;
  delete from sync_ops where created_at < seen_at - make_interval(days => days);
  if horizon is null then return 0; end if;
  delete from sync_marks where upto < horizon;
  delete from sync_members where lost < horizon;
  delete from sync_rows where deleted and xid < horizon;
  get diagnostics purged = row_count;
  update sync_epoch set purged_upto = horizon where purged_upto < horizon;
  return purged;
end $$;

-- Until when a device may work without contact: one lease, not past the end of a student's access. An end that has passed binds
-- nothing; what it closes is closed by the unlocks.
create or replace function sync_lease_until(person uuid, seen_at timestamptz) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least(
    seen_at + make_interval(days => coalesce((select offline_lease_days from company_settings limit 1), 14)),
    (select case when bool_and(access_expires_at is not null) then nullif(greatest(max(access_expires_at), seen_at), seen_at) end
     from course_enrollments where student_id = person and status <> 'cancelled' and not is_deleted))
$$;

-- Stored verdicts of these operations of the person, so that a repeated push gets its first answer.
create or replace function sync_stored_verdicts(ops uuid[])
returns table (op uuid, content_sha256 bytea, verdict jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.op, o.content_sha256, o.verdict from sync_ops o where o.user_id = auth.uid() and o.op = any(ops)
$$;

-- Whether what waits for one of these rows would wait for ever: `refused`, this person once wanted to make it and never was let;
-- `gone`, it is a ticket or conversation of this person or, for the team, of anybody that was deleted, or a file of this person whose
-- bytes were. Null where it may still come, and for what is another's: whether that was ever there is not told.
create or replace function sync_waits_in_vain(row_ids uuid[]) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when exists (
      select from sync_ops o where o.user_id = auth.uid() and o.row_id = any(row_ids) and o.verdict ->> 's' = 'refused'
        and not exists (select from sync_ops taken where taken.user_id = o.user_id and taken.row_id = o.row_id and taken.verdict ->> 's' = 'ok'))
      then 'refused'
    when exists (
        select from support_tickets t where t.id = any(row_ids) and t.is_deleted and (t.student_id = auth.uid() or sync_is_team(auth.uid())))
      or exists (
        select from message_threads h where h.id = any(row_ids) and h.is_deleted and (
          h.created_by = auth.uid() or h.student_id = auth.uid() or sync_is_team(auth.uid())
          or exists (select from thread_members m where m.thread_id = h.id and m.user_id = auth.uid())))
      or exists (select from files where id = any(row_ids) and owner_id = auth.uid() and (is_deleted or status in ('deleted', 'quarantined')))
      then 'gone'
  end
$$;
drop function if exists sync_was_refused(uuid[]);

-- When each column of these rows was last written by another device of this person, on that device's clock. A device's own writes
-- come in the order it made them: its clock, which may have been set between two of them, does not put them in another.
create or replace function sync_column_times(row_ids uuid[], writer uuid)
returns table (row_id uuid, "column" text, client_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.row_id, written.name, max(o.client_at)
  from sync_ops o cross join lateral unnest(o.columns) as written(name)
  where o.user_id = auth.uid() and o.row_id = any(row_ids) and (writer is null or o.device_id is distinct from writer) and o.verdict ->> 's' = 'ok'
  group by o.row_id, written.name
$$;
drop function if exists sync_column_times(uuid[]);

grant execute on function sync_stored_verdicts(uuid[]), sync_waits_in_vain(uuid[]), sync_column_times(uuid[], uuid)
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;

-- The person did something at this moment of the own device (reports that an app makes by itself are no deed). Noted in steps of
-- a quarter of an hour, because each step travels to those who look after the person; whoever holds the row just now will note it
-- another time.
create or replace function app_note_active(person uuid, moment timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  -- Asked first, for the answer is nearly always no and the update costs far more than this, at every push.
  if moment is null or not exists (
    select from users u where u.id = person and (u.last_active_at is null or u.last_active_at <= moment - interval '15 minutes')
  ) then return; end if;
  perform set_config('app.keep_v', 'on', true);
  update users set last_active_at = moment
  where id in (select u.id from users u where u.id = person
    and (u.last_active_at is null or u.last_active_at <= moment - interval '15 minutes') for no key update skip locked);
  perform set_config('app.keep_v', 'off', true);
end $$;
revoke all on function app_note_active(uuid, timestamptz) from public;

drop function if exists server_keep_verdicts(text, uuid, jsonb);
-- Keeps the verdicts of one push, the lists by place: `contents` are SHA-256 in hex, `written` the columns that each wrote, as array
-- literals. Lists and no JSON, which for a thousand entries would take longer to read than the rows to write.
create or replace function server_keep_verdicts(
  key text, device uuid, ops uuid[], contents text[], types text[], row_ids uuid[], written text[], times timestamptz[], verdicts text[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into sync_ops (user_id, op, content_sha256, type, row_id, columns, client_at, device_id, verdict)
  select auth.uid(), e.op, decode(e.content, 'hex'), e.type, e.row_id, e.columns::text[], e.client_at, device, e.verdict::jsonb
  from unnest(ops, contents, types, row_ids, written, times, verdicts) as e(op, content, type, row_id, columns, client_at, verdict);
  perform app_note_active(auth.uid(), (
    select max(e.client_at) from unnest(types, times) as e(type, client_at)
    where e.type not in ('error_logs', 'security_signals')));
end $$;

-- Keeps what was refused, with the text that was pushed. `entries`: [{id, collection, doc_id, code, message, pushed_doc, client_at}].
create or replace function server_keep_rejections(key text, device uuid, entries jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into sync_rejections (id, user_id, device_id, collection, doc_id, code, message, pushed_doc, client_at, origin_device_id)
  select e.id, auth.uid(), device, e.collection, e.doc_id, e.code, e.message, e.pushed_doc, e.client_at, device
  from jsonb_to_recordset(entries) as e(
    id uuid, collection text, doc_id text, code text, message text, pushed_doc jsonb, client_at timestamptz)
  -- The id follows from what was refused: the same refusal twice is one.
  on conflict (id) do nothing;
end $$;

grant execute on function server_keep_verdicts(text, uuid, uuid[], text[], text[], uuid[], text[], timestamptz[], text[]), server_keep_rejections(text, uuid, jsonb)
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
