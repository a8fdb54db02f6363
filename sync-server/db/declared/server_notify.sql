-- Inbox, mail and message queues, activity and audit: written by the program only, in the transaction that causes them.

-- [{user_id, template_key, title, body, payload, payload_hash, dedupe_key}] → how many were new. Muted templates, known
-- dedupe keys and the same message within 60 s are skipped (data model R23).
create or replace function server_notify(key text, messages jsonb, moment timestamptz) returns int
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare added int;
begin
  perform app_check_server_key(key);
  insert into notifications (user_id, type, template_key, title, body, payload, payload_hash, dedupe_key, sent_at)
  select g.user_id, g.template_key, g.template_key, g.title, g.body, g.payload, g.payload_hash, g.dedupe_key, moment
  from jsonb_to_recordset(messages) as g(
    user_id uuid, template_key text, title text, body text, payload jsonb, payload_hash text, dedupe_key text)
  where not exists (select from notification_settings s
      where s.user_id = g.user_id and s.mutes -> g.template_key ? 'in_app')
    and not exists (select from notifications n
      where n.user_id = g.user_id and n.template_key = g.template_key and n.payload_hash = g.payload_hash
        and n.sent_at > moment - interval '60 seconds')
  on conflict (dedupe_key) do nothing;
  get diagnostics added = row_count;
  return added;
end $$;

-- Mail to one person, unless muted; the address is read here, so that no caller has to know it.
create or replace function server_queue_email(key text, recipient uuid, template text, fields jsonb, dedupe text,
  moment timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into email_queue (user_id, template_key, recipient_email, recipient_name, payload, dedupe_key, scheduled_at)
  select u.id, template, u.email::text, u.full_name, fields, dedupe, moment from users u
  where u.id = recipient and not u.email_undeliverable and not u.is_deleted
    and not exists (select from notification_settings s
      where s.user_id = u.id and s.mutes -> template ? 'email')
  on conflict (dedupe_key) do nothing;
end $$;

-- A message by WhatsApp, only to somebody who asked for them and has a number.
create or replace function server_queue_whatsapp(key text, recipient uuid, template text, fields jsonb, dedupe text,
  moment timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into whatsapp_queue (user_id, to_phone, template_key, payload, dedupe_key, scheduled_at)
  select u.id, u.phone, template, fields, dedupe, moment
  from users u join notification_settings s on s.user_id = u.id
  where u.id = recipient and u.phone is not null and s.whatsapp_opt_in and not u.is_deleted
    and not coalesce(s.mutes -> template ? 'whatsapp', false)
  on conflict (dedupe_key) do nothing;
end $$;

-- One line of the audit trail: {entity_type, entity_id, action, target_user_id, performed_by, description, data}.
create or replace function server_write_audit(key text, entry jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into admin_logs (entity_type, entity_id, action, target_user_id, performed_by, description, data)
  select g.entity_type, g.entity_id, g.action, g.target_user_id, g.performed_by, g.description, coalesce(g.data, '{}')
  from jsonb_to_record(entry) as g(entity_type text, entity_id uuid, action text, target_user_id uuid, performed_by uuid,
    description text, data jsonb);
end $$;

-- What a person did, and that they were there. `occurred` must already be clamped.
create or replace function server_log_activity(key text, person uuid, kind text, reference uuid, details jsonb,
  occurred timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into user_activity_logs (user_id, activity_type, occurred_at, reference_id, metadata)
  values (person, kind, occurred, reference, coalesce(details, '{}'));
end $$;

-- The latest time a person is known to have been active.
create or replace function server_touch_active(key text, person uuid, occurred timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  -- Once a minute is enough; every change of the row travels to devices.
  update users u set last_active_at = occurred
  where u.id = person and (u.last_active_at is null or u.last_active_at < occurred - interval '1 minute');
end $$;

-- Whether somebody else holds this phone number; says nothing about whom.
create or replace function server_phone_taken(key text, number text, person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return exists (select from users u where u.phone = number and u.id <> person);
end $$;

grant execute on function
  server_notify(text, jsonb, timestamptz),
  server_queue_email(text, uuid, text, jsonb, text, timestamptz),
  server_queue_whatsapp(text, uuid, text, jsonb, text, timestamptz),
  server_write_audit(text, jsonb),
  server_log_activity(text, uuid, text, uuid, jsonb, timestamptz),
  server_touch_active(text, uuid, timestamptz),
  server_phone_taken(text, text, uuid)
to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
