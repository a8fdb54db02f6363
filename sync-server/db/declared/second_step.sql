-- What a session still owes before it may be used: a code of its own factor (`verify`), a factor at all because the company
-- asks it of its admins (`enrol`), or nothing (`none`). Read on every request by the server itself; no role may call it.
create or replace function app_second_step(person uuid, person_role text, level text) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when level = 'aal2' then 'none'
    when exists (select from mfa_factors f where f.user_id = person and f.status = 'verified' and f.factor_type = 'totp')
      then 'verify'
    when person_role in ('admin', 'superadmin')
      and exists (select from company_settings c where c.staff_mfa_required) then 'enrol'
    else 'none'
  end
$$;
revoke all on function app_second_step(uuid, text, text) from public;
