-- Tells the servers whose open streams may have to end (sync/session-ends.ts), so that nobody has to ask for it all the time. A
-- notice on commit, `ended` and the person; without one it may be anybody. Row by row with conditions that are checked before
-- anything is called: these tables are written at every refresh and every contact of a device.
create or replace function app_tell_ended() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_notify('sync_changes', 'ended ' || coalesce(to_jsonb(coalesce(new, old)) ->> tg_argv[0], ''));
  return null;
end $$;

create or replace trigger tell_ended after update on auth_sessions for each row
  when (new.revoked_at is distinct from old.revoked_at or new.not_after <> old.not_after or new.aal <> old.aal)
  execute function app_tell_ended('user_id');
create or replace trigger tell_ended_delete after delete on auth_sessions for each row execute function app_tell_ended('user_id');

create or replace trigger tell_ended after update on users for each row
  when (new.role <> old.role or new.status <> old.status or new.login_blocked <> old.login_blocked
    or new.is_deleted <> old.is_deleted or new.sessions_revoked_at is distinct from old.sessions_revoked_at)
  execute function app_tell_ended('id');

create or replace trigger tell_ended after update on devices for each row
  when (new.revoked_at is distinct from old.revoked_at)
  execute function app_tell_ended('user_id');

create or replace trigger tell_ended after insert or update or delete on mfa_factors for each row
  execute function app_tell_ended('user_id');

-- A new rule for all of the staff.
create or replace trigger tell_ended after update on company_settings for each row
  when (new.staff_mfa_required <> old.staff_mfa_required)
  execute function app_tell_ended('nobody');
