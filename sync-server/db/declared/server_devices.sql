-- Bookkeeping of devices and of what they push.

-- Notes that a device talked to the server. Answers when it had done so before (null: never, or not this person's device).
-- The row's token stays, so that syncing does not itself cause something to sync.
create function server_touch_device(
  key text, person uuid, device uuid, seen_at timestamptz, version text default null, waiting int default null,
  lease timestamptz default null) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare previous timestamptz;
begin
  perform app_check_server_key(key);
  select d.last_sync_at into previous from devices d where d.id = device and d.user_id = person for no key update;
  perform set_config('app.keep_v', 'on', true);
  update devices d set last_sync_at = greatest(d.last_sync_at, seen_at), app_version = coalesce(version, d.app_version),
    changes_waiting = coalesce(waiting, d.changes_waiting), lease_until = coalesce(lease, d.lease_until)
  where d.id = device and d.user_id = person;
  perform set_config('app.keep_v', 'off', true);
  return previous;
end $$;

-- Keeps the losing text of two edits of one note as a note of its own beside it. The id follows from note and text,
-- so that the same conflict judged twice leaves one copy.
create function server_copy_note(key text, note uuid, losing_body text, written_at timestamptz) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare copy uuid := app_natural_id('lesson_notes', note::text, losing_body);
begin
  perform app_check_server_key(key);
  insert into lesson_notes (id, user_id, lesson_id, at_seconds, body, copy_of, client_at)
  select copy, n.user_id, n.lesson_id, n.at_seconds, losing_body, n.id, written_at from lesson_notes n where n.id = note
  on conflict (id) do nothing;
  return copy;
end $$;
