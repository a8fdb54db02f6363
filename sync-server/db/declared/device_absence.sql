-- Remembers the last silence of more than ten minutes; shorter ones are pauses between two requests of a device at work.
create or replace function app_note_absence() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  new.absent_from := old.last_sync_at;
  new.absent_until := new.last_sync_at;
  return new;
end $$;
create or replace trigger note_absence before update of last_sync_at on devices
  for each row when (new.last_sync_at > old.last_sync_at + interval '10 minutes') execute function app_note_absence();
