-- Where accounts live in a Supabase project, every change of an account that the project must hear of is queued with the
-- transaction that makes it, whoever makes it. Where they live here, nothing happens.
create or replace function app_tell_account_home() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from account_home) then return null; end if;
  if tg_table_name = 'mfa_factors' then
    -- Secrets that are kept elsewhere only: the rest was never there.
    perform graphile_worker.add_job('identity.drop-factor',
      payload => json_build_object('user_id', old.user_id, 'factor_id', old.id), job_key => 'identity.drop-factor:' || old.id);
  else
    perform graphile_worker.add_job('identity.settle-account',
      payload => json_build_object('user_id', new.id), job_key => 'identity.settle-account:' || new.id);
  end if;
  return null;
end $$;
revoke all on function app_tell_account_home() from public;

drop trigger if exists tell_account_home_of_new on users;
create trigger tell_account_home_of_new after insert on users for each row execute function app_tell_account_home();
drop trigger if exists tell_account_home on users;
create trigger tell_account_home after update of email, status, login_blocked, is_deleted, erased_at on users for each row
  when ((old.email, old.status, old.login_blocked, old.is_deleted, old.erased_at)
    is distinct from (new.email, new.status, new.login_blocked, new.is_deleted, new.erased_at))
  execute function app_tell_account_home();
drop trigger if exists tell_account_home on mfa_factors;
create trigger tell_account_home after delete on mfa_factors for each row
  when (old.secret_enc = 'project') execute function app_tell_account_home();
