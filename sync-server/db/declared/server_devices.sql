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

-- Remembers the key of a device's local data. Another key than before means other data: what the device was told to forget is
-- gone with the old one, however it went, so an open wish to wipe is settled.
create function server_know_device_key(key text, person uuid, device uuid, data_key text, seen_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform set_config('app.keep_v', 'on', true);
  -- Also seen less than a minute after its wipe, it holds data again from here on (`server_request_wipe` asks).
  update devices d set public_key = data_key, last_sync_at = greatest(d.last_sync_at, seen_at),
    wiped_at = case when d.wipe_requested_at is not null then coalesce(d.wiped_at, seen_at) else d.wiped_at end
  where d.id = device and d.user_id = person;
  perform set_config('app.keep_v', 'off', true);
end $$;

-- Asks devices of a person to forget what they hold at their next contact: one, or all. A device that did so and has not synced
-- since holds nothing; one that is asked already is not asked anew.
create function server_request_wipe(key text, person uuid, device uuid default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update devices d set wipe_requested_at = now(), wiped_at = null
  where d.user_id = person and (device is null or d.id = device) and not d.is_deleted
    and (d.wipe_requested_at is null or d.wiped_at <= d.last_sync_at);
end $$;

-- Takes back what the devices of a person were asked and have not done yet; one that was revoked forgets all the same.
create function server_withdraw_wipe(key text, person uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update devices d set wipe_requested_at = null
  where d.user_id = person and d.wipe_requested_at is not null and d.wiped_at is null and d.revoked_at is null;
end $$;

-- Notes that a device did what it was told, and leaves a line in the audit trail; null when it was told nothing (any more). Again
-- for one that reports twice: the time of the last one counts.
create function server_note_wiped(key text, person uuid, device uuid, done_at timestamptz) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare at timestamptz;
begin
  perform app_check_server_key(key);
  update devices d set wiped_at = done_at
  where d.id = device and d.user_id = person and d.wipe_requested_at is not null
    and (d.wiped_at is null or d.wiped_at > d.last_sync_at)
  returning d.wiped_at into at;
  if at is not null then
    perform server_audit(key, null, 'device', device, 'device_wiped', person, null, '{}'::jsonb, null);
  end if;
  return at;
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
