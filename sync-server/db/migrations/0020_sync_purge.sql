-- How far back tombstones and ended memberships are still known. A device whose checkpoint is older starts over.

-- Which transaction was the newest at that time, noted once a day: what is older than it is older than the time.
create table sync_marks (
  at timestamptz primary key,
  upto xid8 not null
);
alter table sync_marks enable row level security;
revoke all on sync_marks from public;

-- Everything that left before this transaction is forgotten.
alter table sync_epoch add column purged_upto xid8 not null default '0';
