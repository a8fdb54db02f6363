-- Counting failed sign-ins.

-- Counts a wrong try against the account and, where one is given, the network address (both as hashes, lockout.ts). The try
-- that reaches a limit closes the lock: 15 minutes, twice as long each time it closes again within a day, a day at most.
-- One statement and no wait for the disk: of a crash only the last few counts are lost, and a flood costs the others little.
create function server_count_sign_in_failure(
  key text, email citext, account text, account_limit int, address text, address_limit int, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform set_config('synchronous_commit', 'off', true);
  insert into sign_in_attempts as a (key, failures, window_started_at)
  select counted, 1, at from unnest(array_remove(array[account, address], null)) as counted order by counted
  on conflict on constraint sign_in_attempts_pkey do update set
    failures = case when a.window_started_at > at - interval '15 minutes' then a.failures + 1 else 1 end,
    window_started_at = case when a.window_started_at > at - interval '15 minutes' then a.window_started_at else at end;
  update sign_in_attempts a set
    failures = 0,
    locks = case when a.locked_until > at - interval '1 day' then least(a.locks + 1, 7) else 1 end,
    locked_until = at + least(interval '1 day', interval '15 minutes'
      * (2 ^ case when a.locked_until > at - interval '1 day' then least(a.locks, 7) else 0 end))
  where a.key in (account, address) and a.failures >= case a.key when account then account_limit else address_limit end;
  insert into user_security_summary as s (user_id, failed_login_attempts, last_failed_login_at, locked_until)
  select u.id, 1, at, (select a.locked_until from sign_in_attempts a where a.key = account)
  from users u where u.email = server_count_sign_in_failure.email
  on conflict (user_id) do update set failed_login_attempts = s.failed_login_attempts + 1,
    last_failed_login_at = excluded.last_failed_login_at, locked_until = excluded.locked_until;
end $$;
