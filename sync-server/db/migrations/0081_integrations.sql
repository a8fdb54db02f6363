-- Connected shops and advertising accounts, and the daily numbers.

create table integrations (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  source text not null check (source in ('shopify', 'meta_ads')),
  -- The shop's domain or the advertising account.
  external_id text,
  status text not null default 'connected' check (status in ('connected', 'invalid', 'disconnected')),
  last_error text,
  -- `v1.keyid.nonce.cipher.tag`; no role reads these two.
  access_token_enc bytea,
  refresh_token_enc bytea,
  connected_at timestamptz not null default now(),
  last_synced_at timestamptz,
  unique (user_id, source),
  check (status <> 'disconnected' or (access_token_enc is null and refresh_token_enc is null))
);
select app_adopt_table('integrations');

create table user_metrics (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  integration_id uuid references integrations on delete set null,
  source text not null check (source in ('shopify', 'meta_ads', 'lms')),
  metric text not null
    check (metric in ('gmv', 'orders', 'spend', 'impressions', 'clicks', 'conversions', 'rating_reward_xp')),
  -- Sales and spending in minor units of the currency; everything else is a count.
  value bigint not null,
  currency text check (currency ~ '^[A-Z]{3}$'),
  date date not null,
  fetched_at timestamptz not null default now(),
  unique (user_id, source, metric, date)
);
select app_adopt_table('user_metrics');
create index user_metrics_integration_id on user_metrics (integration_id);
