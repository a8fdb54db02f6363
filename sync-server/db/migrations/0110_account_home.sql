-- Where the accounts of this database live: no row, and they live here; else in the Supabase project of this address.
create table account_home (
  id boolean primary key default true check (id),
  url text not null,
  since timestamptz not null default now()
);
alter table account_home enable row level security;
revoke all on account_home from public;
