-- The company's settings and the texts of notifications: changing them, remembering what they were, and what is public.

-- Remembers a row as it was, without bookkeeping.
create or replace function app_keep_revision(kind text, row_id uuid, state jsonb, actor uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into settings_revisions (entity, entity_id, before, changed_by)
  values (kind, row_id, state - array['v', 'created_at', 'updated_at', 'is_deleted', 'client_at', 'origin_device_id'], actor)
$$;

-- Of each row the twenty latest states are kept, whoever writes them.
create or replace function app_keep_twenty_revisions() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from settings_revisions r
  where r.entity = new.entity and r.entity_id = new.entity_id and r.id not in (
    select k.id from settings_revisions k where k.entity = new.entity and k.entity_id = new.entity_id
    order by k.created_at desc, k.id desc limit 20);
  return null;
end $$;
create or replace trigger keep_twenty after insert on settings_revisions
  for each row execute function app_keep_twenty_revisions();

-- Changes the columns that `changes` names. Answers {before, after} as rows; null where the row is not the one the editor has seen.
create function server_update_company(key text, changes jsonb, seen uuid, actor uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held company_settings;
  wanted company_settings;
  columns text;
  saved company_settings;
begin
  perform app_check_server_key(key);
  select * into strict held from company_settings where not is_deleted for no key update;
  if seen is not null and held.v <> seen then return null; end if;
  if changes ?| array['id', 'v', 'created_at', 'updated_at', 'is_deleted'] then
    raise exception 'columns of the row itself are not settings' using errcode = 'invalid_parameter_value';
  end if;
  wanted := jsonb_populate_record(held, changes);
  select string_agg(format('%1$I = ($1).%1$I', name), ', ') into columns from jsonb_object_keys(changes) as given(name);
  execute format('update company_settings set %s where id = $2 returning *', columns) into saved using wanted, held.id;
  if saved.v <> held.v then
    perform app_keep_revision('company_settings', held.id, to_jsonb(held), actor);
  end if;
  return jsonb_build_object('before', to_jsonb(held), 'after', to_jsonb(saved));
end $$;

-- Makes or changes a template: {before, after}; null where a known id is not there. A key, channel and language that was deleted
-- comes back to life.
create function server_save_template(key text, row_id uuid, given jsonb, actor uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  wanted notification_templates := jsonb_populate_record(null::notification_templates, given);
  held notification_templates;
  saved notification_templates;
begin
  perform app_check_server_key(key);
  if row_id is null then
    insert into notification_templates as t (key, channel, language, title_md, body_md, variables, active)
    values (wanted.key, wanted.channel, wanted.language, wanted.title_md, wanted.body_md, wanted.variables, wanted.active)
    on conflict on constraint notification_templates_key_channel_language_key do update
      set title_md = excluded.title_md, body_md = excluded.body_md, variables = excluded.variables, active = excluded.active,
        is_deleted = false
      where t.is_deleted
    returning * into saved;
    if saved.id is null then
      raise exception 'the template is there already' using errcode = 'unique_violation';
    end if;
    return jsonb_build_object('before', null, 'after', to_jsonb(saved));
  end if;
  select * into held from notification_templates where id = row_id and not is_deleted for no key update;
  if held.id is null then return null; end if;
  update notification_templates t set key = wanted.key, channel = wanted.channel, language = wanted.language,
    title_md = wanted.title_md, body_md = wanted.body_md, variables = wanted.variables, active = wanted.active
  where t.id = row_id returning * into saved;
  if saved.v <> held.v then
    perform app_keep_revision('notification_templates', held.id, to_jsonb(held), actor);
  end if;
  return jsonb_build_object('before', to_jsonb(held), 'after', to_jsonb(saved));
end $$;

-- Takes a template out of use; the row as it was, null where there is none.
create function server_delete_template(key text, row_id uuid, actor uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare held notification_templates;
begin
  perform app_check_server_key(key);
  select * into held from notification_templates where id = row_id and not is_deleted for no key update;
  if held.id is null then return null; end if;
  update notification_templates set is_deleted = true where id = row_id;
  perform app_keep_revision('notification_templates', held.id, to_jsonb(held), actor);
  return to_jsonb(held);
end $$;

-- What the sign-in page shows: the company's name and where its logo lies, if it has one that is public and whole.
create function server_public_company(key text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object('name', c.company_name, 'logo_path', (
      select f.path from files f
      where f.id = c.logo_file_id and f.bucket = 'company-logos' and f.status = 'ready' and not f.is_deleted))
    from company_settings c where not c.is_deleted);
end $$;
