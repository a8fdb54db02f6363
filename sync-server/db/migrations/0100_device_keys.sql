-- Long-lived keys between server and devices: `wipe` signs wipe orders (ES256), `held_work` opens what a wiped device sealed
-- (RSA-OAEP-256). A retired key goes on answering for devices that know no newer one, so its private half stays until it is
-- forgotten (features/wipe/forget-device-keys.job.ts).
create table device_keys (
  kid text primary key,
  purpose text not null check (purpose in ('wipe', 'held_work')),
  private_jwk jsonb not null,
  public_jwk jsonb not null,
  retired_at timestamptz
);
select app_adopt_table('device_keys');
create unique index device_keys_current on device_keys (purpose) where retired_at is null;
