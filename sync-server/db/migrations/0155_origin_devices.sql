-- The device a row came from was a foreign key in every table that devices write. PostgreSQL looked the same device up for each row of
-- a push: a tenth of what a note costs it. The server takes the value from the session, whose device is a foreign key still, and
-- no device and no command can give another; what the key did when a device goes is done here, for every table that has the column.
do $$ declare found record; begin
  for found in
    select conrelid::regclass as home, conname from pg_constraint
    where contype = 'f' and confrelid = 'devices'::regclass and conname like '%\_origin\_device\_id\_fkey'
  loop
    execute format('alter table %s drop constraint %I', found.home, found.conname);
  end loop;
end $$;

create or replace function app_accept_devices(table_name text) returns void language plpgsql as $$
begin
  execute format('alter table %I add column client_at timestamptz, add column origin_device_id uuid', table_name);
end $$;

create function app_forget_deleted_devices() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
declare
  home regclass;
begin
  for home in
    select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'origin_device_id' and not a.attisdropped
  loop
    execute format('update %s set origin_device_id = null where origin_device_id in (select id from gone)', home);
  end loop;
  return null;
end $$;
create trigger forget_deleted_devices after delete on devices
  referencing old table as gone for each statement execute function app_forget_deleted_devices();
