-- Second factors, changes of address, the first superadmin, and what the protocol of accounts keeps beside a person.
-- No role reads any of these tables.

create table mfa_factors (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  factor_type text not null check (factor_type in ('totp', 'recovery_code')),
  -- What the person calls it; empty when it has no name.
  label text not null default '' check (char_length(label) <= 100),
  -- The TOTP secret, sealed with a key that is not in the database (features/identity/secret-box.ts).
  secret_enc text,
  status text not null default 'unverified' check (status in ('unverified', 'verified')),
  last_used_at timestamptz,
  -- Time step of the last accepted code: neither that code nor an older one is taken again.
  last_used_step bigint,
  last_challenged_at timestamptz,
  check ((factor_type = 'totp') = (secret_enc is not null))
);
select app_adopt_table('mfa_factors');
create index mfa_factors_user_id on mfa_factors (user_id);
create unique index mfa_factors_label on mfa_factors (user_id, label) where label <> '';
create unique index mfa_factors_one_set_of_codes on mfa_factors (user_id) where factor_type = 'recovery_code';

create table mfa_recovery_codes (
  id uuid primary key default app_uuid7(),
  factor_id uuid not null references mfa_factors on delete cascade,
  code_hash text not null check (code_hash ~ '^[0-9a-f]{64}$'),
  used_at timestamptz,
  unique (factor_id, code_hash)
);
select app_adopt_table('mfa_recovery_codes');

-- A question put to one session; its answer is taken once and for a few minutes.
create table mfa_challenges (
  id uuid primary key default app_uuid7(),
  factor_id uuid not null references mfa_factors on delete cascade,
  session_id uuid not null references auth_sessions on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
select app_adopt_table('mfa_challenges');
create index mfa_challenges_factor_id on mfa_challenges (factor_id);
create index mfa_challenges_session_id on mfa_challenges (session_id);

-- How a session came to be: [{"method": "password", "timestamp": <seconds since 1970>}], oldest first.
alter table auth_sessions
  add column amr jsonb not null default '[]' check (jsonb_typeof(amr) = 'array'),
  add column address text,
  add column user_agent text check (char_length(user_agent) <= 300);

-- A change of e-mail address that waits for a yes from both mailboxes.
create table email_changes (
  user_id uuid primary key references users on delete cascade,
  new_email citext not null check (new_email ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'),
  requested_at timestamptz not null,
  current_confirmed_at timestamptz,
  new_confirmed_at timestamptz
);
select app_adopt_table('email_changes');

alter table one_time_tokens drop constraint one_time_tokens_kind_check;
alter table one_time_tokens add constraint one_time_tokens_kind_check check (kind in (
  'activation', 'invite', 'recovery', 'signup', 'magiclink', 'email_change_current', 'email_change_new', 'reauthentication'));

-- What programs keep about an account through the protocol; our own screens show none of it.
create table account_details (
  user_id uuid primary key references users on delete cascade,
  -- Null: nothing was ever given, and the account shows its name.
  user_metadata jsonb check (jsonb_typeof(user_metadata) = 'object'),
  app_metadata jsonb not null default '{}' check (jsonb_typeof(app_metadata) = 'object'),
  invited_at timestamptz,
  -- End of a ban that has one; without it a ban lasts until it is lifted.
  banned_until timestamptz,
  -- An operator removed the account: it is listed no more and cannot be signed in to. What the person wrote stays.
  removed_at timestamptz
);
select app_adopt_table('account_details');

-- Lets the first superadmin of an empty installation in, once.
create table setup_tokens (
  id uuid primary key default app_uuid7(),
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  expires_at timestamptz not null,
  used_at timestamptz
);
select app_adopt_table('setup_tokens');

alter table company_settings
  -- Admins and superadmins work only after a second step; without a factor they can do nothing but enrol one.
  add column staff_mfa_required boolean not null default false,
  -- Devices on which one student may be signed in at a time (workflows 3.37).
  add column student_device_limit int not null default 3 check (student_device_limit between 1 and 20);
