-- A mail that is queued to leave at once wakes the job that sends it, with the transaction that queued it.
create or replace function app_wake_mail() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from queued where priority = 'immediate' and status = 'pending' and scheduled_at <= now()) then
    perform graphile_worker.add_job('mail.send-queued', payload => '{}'::json, job_key => 'mail.send-queued');
  end if;
  return null;
end $$;
revoke all on function app_wake_mail() from public;

drop trigger if exists wake_mail on email_queue;
create trigger wake_mail after insert on email_queue referencing new table as queued
  for each statement execute function app_wake_mail();
