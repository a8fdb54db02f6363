-- Roles, session facts and the small functions every table leans on.
-- Runs on PostgreSQL 15 and later; nothing here needs a superuser beyond creating roles and trusted extensions.

create extension if not exists citext;
create extension if not exists pgcrypto;

-- Roles belong to the whole cluster and several databases may migrate at once, so losing the race is no error.
do $$
declare role_name text;
begin
  foreach role_name in array array[
    'app_student', 'app_mentor', 'app_enrollment_manager', 'app_admin', 'app_superadmin', 'app_anon'
  ] loop
    if not exists (select from pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nologin noinherit', role_name);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end $$;

-- Deny by default: whatever this login creates from here on is nobody's until a grant names them.
alter default privileges revoke execute on functions from public;
alter default privileges revoke all on tables from public;
revoke create on schema public from public;
grant usage on schema public
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin, app_anon;

-- Session facts, read the same way as on Supabase; where that platform brings its own functions they stay.
create schema if not exists auth;
do $$
begin
  if to_regprocedure('auth.jwt()') is null then
    execute $f$
      create function auth.jwt() returns jsonb language sql stable as $b$
        select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
      $b$ $f$;
  end if;
  if to_regprocedure('auth.uid()') is null then
    execute $f$
      create function auth.uid() returns uuid language sql stable as $b$
        select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
      $b$ $f$;
  end if;
end $$;
grant usage on schema auth
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin, app_anon;
grant execute on function auth.jwt(), auth.uid()
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin, app_anon;

-- Time-ordered ids (UUIDv7) for rows that are born on the server; PostgreSQL has its own only from 18 on.
create function app_uuid7() returns uuid language sql volatile as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- UUIDv5 of a row that two offline devices must create alike. contract/natural-id.ts computes the same value.
create function app_natural_id(table_name text, variadic key_values text[]) returns uuid
language sql immutable strict parallel safe set search_path = pg_catalog, public, extensions as $$
  select encode(set_byte(set_byte(hash, 6, (get_byte(hash, 6) & 15) | 80), 8, (get_byte(hash, 8) & 63) | 128), 'hex')::uuid
  from (
    select substring(digest(
      uuid_send('6f1d5b0e-6c1b-5c0a-9d57-0f6b1a1c9a10'::uuid)
        || convert_to(table_name || ':' || array_to_string(key_values, ':'), 'UTF8'), 'sha1') from 1 for 16) as hash
  ) as named
$$;

-- Every update stamps the row and, unless the writer brought the id of its own operation, gives it a new version token.
-- What the server adds to a row in the very operation that made it belongs to that operation: the functions which do so
-- switch `app.keep_v` on around that statement, and the row keeps the token the device knows.
create function app_stamp_row() returns trigger language plpgsql as $$
begin
  if new is not distinct from old then
    return new;
  end if;
  new.updated_at := now();
  if new.v is not distinct from old.v and current_setting('app.keep_v', true) is distinct from 'on' then
    new.v := gen_random_uuid();
  end if;
  return new;
end $$;

-- Fills the id of a table with a natural key (its columns are the trigger's arguments) and refuses any other id.
create function app_require_natural_id() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
declare
  fields jsonb := to_jsonb(new);
  key_values text[];
  natural_id uuid;
begin
  select array_agg(fields ->> name order by place) into key_values
  from unnest(tg_argv) with ordinality as key_column(name, place);
  natural_id := app_natural_id(tg_table_name, variadic key_values);
  if new.id is null then
    new.id := natural_id;
  elsif new.id <> natural_id then
    raise exception 'id of % does not follow from its natural key', tg_table_name using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- Makes a table one of ours: standard columns, stamp trigger, row-level security with nobody allowed yet.
create function app_adopt_table(table_name text, variadic natural_key text[] default '{}') returns void
language plpgsql as $$
begin
  execute format(
    'alter table %I
       add column if not exists created_at timestamptz not null default now(),
       add column if not exists updated_at timestamptz not null default now(),
       add column if not exists is_deleted boolean not null default false,
       add column if not exists v uuid not null default gen_random_uuid()', table_name);
  execute format('alter table %I enable row level security', table_name);
  execute format('revoke all on %I from public', table_name);
  execute format(
    'create trigger stamp_row before update on %I for each row execute function app_stamp_row()', table_name);
  if cardinality(natural_key) > 0 then
    execute format('create trigger natural_id before insert on %I for each row execute function app_require_natural_id(%s)',
      table_name, (select string_agg(quote_literal(name), ', ' order by place)
                   from unnest(natural_key) with ordinality as key_column(name, place)));
  end if;
end $$;

grant execute on function app_uuid7(), app_natural_id(text, text[])
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin, app_anon;

-- Values only this program knows, kept as hashes or sealed; no role reads it.
create table server_secrets (
  name text primary key,
  value text not null
);
alter table server_secrets enable row level security;
revoke all on server_secrets from public;

-- The wall before every derived write: the program proves itself with the key whose hash was stored when it started.
-- An injected statement can name a function, but not the key.
create function app_check_server_key(key text) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if key is null or not exists (
    select from server_secrets
    where name = 'server_key_sha256' and value = encode(sha256(convert_to(key, 'UTF8')), 'hex')
  ) then
    raise exception 'not the server' using errcode = 'insufficient_privilege';
  end if;
end $$;
