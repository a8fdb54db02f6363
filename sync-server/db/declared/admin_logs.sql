-- The audit trail: lines are added and never changed, by nobody; and no line holds a secret, whoever wrote it.

-- Takes out what looks like a secret inside a text: tokens, keys, password hashes, and the secret part of an address.
create or replace function app_scrub_text(given text) returns text language sql immutable parallel safe as $$
  select regexp_replace(regexp_replace(regexp_replace(regexp_replace(given,
    'eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+', '[removed]', 'g'),
    '\$argon2[a-z]*\$[^\s"]+', '[removed]', 'g'),
    '(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}', '\1 [removed]', 'gi'),
    '([?&#](token|token_hash|access_token|refresh_token|code|key|sig|signature|secret)=)[^&\s"]+', '\1[removed]', 'gi')
$$;

-- The same for a document: values under telling names go whole (workflows 0.5), texts are searched.
create or replace function app_scrub(given jsonb) returns jsonb
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
begin
  return case jsonb_typeof(given)
    when 'object' then (
      select coalesce(jsonb_object_agg(name, case
        when name ~* '(password|passphrase|passwd|secret|token|authorization|cookie|credential|api_?key|private_?key|_enc$|^otp|one_time_code)'
          and jsonb_typeof(item) in ('string', 'number', 'object', 'array') then to_jsonb('[removed]'::text)
        else app_scrub(item) end), '{}')
      from jsonb_each(given) as field(name, item))
    when 'array' then (
      select coalesce(jsonb_agg(app_scrub(item) order by place), '[]')
      from jsonb_array_elements(given) with ordinality as entry(item, place))
    when 'string' then to_jsonb(app_scrub_text(given #>> '{}'))
    else given end;
end $$;

-- What an audit line is about, as far as its readers go (data model, admin_logs).
create or replace function app_audit_class(entity text, verb text) returns text language sql immutable parallel safe as $$
  select case
    when entity like '%settings' then 'settings'
    when entity in ('security', 'service_key', 'signing_key', 'command', 'admin_logs')
      or verb ~ '^(login_|password_|mfa_|recovery_code|refresh_token|email_change|service_key|setup_|role_changed|command_failed)'
      then 'security'
    else 'general' end
$$;

-- A document with a mark in place of what names a person.
create or replace function app_mask_person(given jsonb) returns jsonb
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
begin
  return case jsonb_typeof(given)
    when 'object' then (
      select coalesce(jsonb_object_agg(name, case
        when name ~ '(^|_)(email|full_name|phone|printed_name|student_name)$' and jsonb_typeof(item) = 'string'
          then to_jsonb('[personal]'::text)
        else app_mask_person(item) end), '{}')
      from jsonb_each(given) as field(name, item))
    when 'array' then (
      select coalesce(jsonb_agg(app_mask_person(item) order by place), '[]')
      from jsonb_array_elements(given) with ordinality as entry(item, place))
    when 'string' then to_jsonb(regexp_replace(given #>> '{}', '[^\s@<>",;:]+@[^\s@<>",;:]+\.[^\s@<>",;:]+', '[personal]', 'g'))
    else given end;
end $$;

create or replace function app_prepare_audit() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare masked jsonb;
begin
  new.data := app_scrub(new.data);
  new.description := app_scrub_text(new.description);
  if octet_length(new.data::text) > 10000 then
    new.data := jsonb_build_object('truncated', true, 'fields', (select jsonb_agg(left(name, 60)) from jsonb_object_keys(new.data) as name));
  end if;
  masked := app_mask_person(new.data);
  if masked <> new.data and exists (select from users where id = new.target_user_id) then
    insert into admin_log_people (id, user_id, data) values (new.id, new.target_user_id, new.data);
    new.data := masked;
  end if;
  new.class := app_audit_class(new.entity_type, new.action);
  new.actor_role := (select u.role from users u where u.id = new.performed_by);
  return new;
end $$;
revoke all on function app_prepare_audit() from public;

create or replace function app_refuse_audit_change() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'the audit trail is never changed or removed' using errcode = 'insufficient_privilege';
end $$;
revoke all on function app_refuse_audit_change() from public;

-- What names a person goes with the person and not before.
create or replace function app_refuse_audit_loss() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' and exists (select from users where id = old.user_id and erased_at is not null) then
    return old;
  end if;
  raise exception 'the audit trail is never changed or removed' using errcode = 'insufficient_privilege';
end $$;
revoke all on function app_refuse_audit_loss() from public;
drop trigger if exists refuse_change on admin_log_people;
create trigger refuse_change before update or delete on admin_log_people for each row execute function app_refuse_audit_loss();
drop trigger if exists refuse_truncate on admin_log_people;
create trigger refuse_truncate before truncate on admin_log_people for each statement execute function app_refuse_audit_change();
alter table admin_log_people enable always trigger refuse_change;
alter table admin_log_people enable always trigger refuse_truncate;
revoke update, truncate on admin_log_people from current_user;

drop trigger if exists prepare_audit on admin_logs;
create trigger prepare_audit before insert on admin_logs for each row execute function app_prepare_audit();
drop trigger if exists refuse_change on admin_logs;
create trigger refuse_change before update or delete on admin_logs for each row execute function app_refuse_audit_change();
drop trigger if exists refuse_truncate on admin_logs;
create trigger refuse_truncate before truncate on admin_logs for each statement execute function app_refuse_audit_change();
-- Also for a login that says it is only copying data.
alter table admin_logs enable always trigger prepare_audit;
alter table admin_logs enable always trigger refuse_change;
alter table admin_logs enable always trigger refuse_truncate;
-- And the owner does not hold the rights in the first place.
revoke update, delete, truncate on admin_logs from current_user;

-- What lines say by name, for lines the caller has read under row-level security just now.
create function server_audit_people(key text, lines uuid[]) returns table (line uuid, details jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query select p.id, p.data from admin_log_people p where p.id = any (lines);
end $$;
