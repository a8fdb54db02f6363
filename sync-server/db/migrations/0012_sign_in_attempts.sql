-- Failed sign-ins, counted alike for addresses that exist and that do not, so that nothing here tells them apart.
-- `key` is a hash of the e-mail address, of the network address, or of both together (see features/identity/lockout.ts).
create table sign_in_attempts (
  key text primary key check (key ~ '^[0-9a-f]{64}$'),
  failures int not null default 0 check (failures >= 0),
  window_started_at timestamptz not null,
  -- Refused until then, right password or wrong.
  locked_until timestamptz,
  -- Locks in a row; each doubles the next.
  locks int not null default 0 check (locks >= 0),
  succeeded_at timestamptz
);
select app_adopt_table('sign_in_attempts');
create index sign_in_attempts_window on sign_in_attempts (window_started_at);
