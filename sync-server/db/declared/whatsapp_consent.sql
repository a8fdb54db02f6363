-- When and where somebody agreed to WhatsApp messages is the server's word: a device only says yes or no.
create or replace function app_stamp_whatsapp_consent() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not new.whatsapp_opt_in then
    new.whatsapp_opt_in_at := null;
    new.whatsapp_opt_in_source := null;
  elsif tg_op = 'INSERT' or not old.whatsapp_opt_in then
    new.whatsapp_opt_in_at := coalesce(new.whatsapp_opt_in_at, now());
    new.whatsapp_opt_in_source := coalesce(new.whatsapp_opt_in_source, 'app');
  end if;
  return new;
end $$;
create or replace trigger stamp_whatsapp_consent before insert or update of whatsapp_opt_in on notification_settings
  for each row execute function app_stamp_whatsapp_consent();
