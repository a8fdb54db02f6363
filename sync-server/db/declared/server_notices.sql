-- Notifications, outboxes, audit and activity. The texts are rendered by the program before they come here.

-- Puts a line into a person's inbox. Skipped (null) when muted, when the dedupe key was used, when the very same notice
-- went out within a minute, or when the person is the actor himself, unless `of_own_act`.
create function server_notify(
  key text, recipient uuid, template text, title text, body text, payload jsonb, dedupe text,
  of_own_act boolean default false) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  hash text := encode(sha256(convert_to(coalesce(payload, '{}')::text || title || body, 'UTF8')), 'hex');
  notice uuid;
begin
  perform app_check_server_key(key);
  if (recipient = auth.uid() and not of_own_act)
    or exists (select from notification_settings s where s.user_id = recipient and s.mutes -> template ? 'in_app')
    or exists (select from notifications n where n.user_id = recipient and n.template_key = template
                 and n.payload_hash = hash and n.created_at > now() - interval '60 seconds') then
    return null;
  end if;
  insert into notifications (user_id, type, template_key, title, body, payload, payload_hash, dedupe_key)
  values (recipient, template, template, title, body, coalesce(payload, '{}'), hash, dedupe)
  on conflict (dedupe_key) do nothing
  returning id into notice;
  return notice;
end $$;

-- Queues a mail to a person's own address; skipped (null) when muted, undeliverable, or queued before under this key.
-- Subject and body, where the payload has them, become the mail's own. `copies`: further addresses; `attached`: files.
create function server_queue_email(
  key text, recipient uuid, template text, payload jsonb, dedupe text, urgency text default 'immediate',
  copies text default null, attached uuid[] default '{}') returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare mail uuid;
begin
  perform app_check_server_key(key);
  insert into email_queue (
    user_id, template_key, priority, recipient_email, recipient_name, cc, subject, body, payload, file_ids, dedupe_key)
  select u.id, template, urgency, u.email, u.full_name, copies, payload ->> 'subject', payload ->> 'body',
    coalesce(payload, '{}') - array['subject', 'body'], coalesce(attached, '{}'), dedupe
  from users u
  where u.id = recipient and not u.is_deleted and not u.email_undeliverable
    and not exists (select from notification_settings s where s.user_id = recipient and s.mutes -> template ? 'email')
  on conflict (dedupe_key) do nothing
  returning id into mail;
  return mail;
end $$;

-- Queues a WhatsApp message for somebody who asked for them and has a number; else nothing (null).
create function server_queue_whatsapp(key text, recipient uuid, template text, payload jsonb, dedupe text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare message uuid;
begin
  perform app_check_server_key(key);
  insert into whatsapp_queue (user_id, to_phone, template_key, payload, dedupe_key)
  select u.id, u.phone, template, coalesce(payload, '{}'), dedupe
  from users u join notification_settings s on s.user_id = u.id
  where u.id = recipient and not u.is_deleted and u.phone is not null and s.whatsapp_opt_in
    and not (coalesce(s.mutes -> template, '[]') ? 'whatsapp')
  on conflict (dedupe_key) do nothing
  returning id into message;
  return message;
end $$;

-- Adds a line to the audit trail; actor null = the system. `details` holds before and after, never a secret.
create function server_audit(
  key text, actor uuid, entity text, entity_row uuid, verb text, target uuid, summary text, details jsonb,
  request text default null) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare entry uuid;
begin
  perform app_check_server_key(key);
  insert into admin_logs (performed_by, entity_type, entity_id, action, target_user_id, description, data, request_id)
  values (actor, entity, entity_row, verb, target, summary, coalesce(details, '{}'), request)
  returning id into entry;
  return entry;
end $$;

-- Adds what a person did to the activity log.
create function server_log_activity(
  key text, person uuid, activity text, reference uuid, details jsonb, happened_at timestamptz) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare entry uuid;
begin
  perform app_check_server_key(key);
  insert into user_activity_logs (user_id, activity_type, reference_id, metadata, occurred_at)
  values (person, activity, reference, coalesce(details, '{}'), happened_at)
  returning id into entry;
  return entry;
end $$;

-- Active admins and superadmins, for notices to the team.
create function server_staff(key text) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query select u.id from users u
    where u.role in ('admin', 'superadmin') and u.status = 'active' and not u.is_deleted;
end $$;

-- Whether somebody else holds this phone number; says nothing about whom.
create function server_phone_taken(key text, number text, person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return exists (select from users u where u.phone = number and u.id <> person);
end $$;
