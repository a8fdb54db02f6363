-- What replication keeps beside the base tables (docs/specs/sync.md). The tables it reads from come later; the functions that
-- fill these four are generated from sync-server/visibility and replaced at every deploy.

-- Transaction ids can only be compared inside one physical history of the cluster. A restore, a promotion or a dump and reload
-- makes a new history, and with it a new epoch: every checkpoint of the old one is answered with a reset.
create table sync_epoch (
  singleton boolean primary key default true check (singleton),
  epoch uuid not null default gen_random_uuid(),
  -- System identifier and timeline that the epoch belongs to.
  history text not null,
  -- Fingerprint of the visibility that the published rows were made with.
  declared text
);

create sequence sync_seq;

-- One body per row and scope: what readers of that scope get. A tombstone stands where the row left the scope.
create table sync_rows (
  type text collate "C" not null,
  id uuid not null,
  scope text collate "C" not null,
  -- Where several scopes show a row to one person, the highest rank is what they get.
  rank smallint not null,
  v uuid not null,
  deleted boolean not null default false,
  -- JSON text, ready for the wire.
  body text,
  -- Transaction that first published the row here; a membership that ended before it never showed the row.
  born xid8 not null,
  -- Transaction and order of the last change: a checkpoint is a snapshot, and what it does not see is new.
  xid xid8 not null,
  seq bigint not null,
  primary key (type, id, scope),
  check (deleted = (body is null))
);
create index sync_rows_feed on sync_rows (scope, xid, seq);
create index sync_rows_xid on sync_rows (xid);

-- Who reads which scope, as intervals: an ended one is never reopened, so "what was held at that checkpoint" has an exact answer.
create table sync_members (
  user_id uuid not null,
  scope text collate "C" not null,
  gained xid8 not null,
  gained_at pg_snapshot not null,
  lost xid8,
  lost_at pg_snapshot,
  primary key (user_id, scope, gained),
  check ((lost is null) = (lost_at is null))
);
create unique index sync_members_open on sync_members (user_id, scope) where lost is null;
create index sync_members_readers on sync_members (scope) where lost is null;
create index sync_members_gained on sync_members (gained);
create index sync_members_lost on sync_members (lost) where lost is not null;

-- One row to lock per person, so that two transactions which change what one person reads are worked one after the other.
create table sync_readers (user_id uuid primary key);

-- Every operation that devices sent, with its verdict: the same operation again gets the same answer (kept 90 days).
create table sync_ops (
  user_id uuid not null,
  op uuid not null,
  -- SHA-256 of what was asked, so that the same id with other content is seen.
  content_sha256 bytea not null,
  type text not null,
  row_id uuid not null,
  -- Columns it wrote and when, on the device's clock: newest wins column by column.
  columns text[] not null default '{}',
  client_at timestamptz not null,
  device_id uuid,
  -- {s, code?, message?, rejection_id?}; the document is read anew each time.
  verdict jsonb not null,
  created_at timestamptz not null default now(),
  primary key (user_id, op)
);
create index sync_ops_row on sync_ops (row_id);
create index sync_ops_created_at on sync_ops (created_at);

create function sync_stamp_row() returns trigger language plpgsql as $$
begin
  new.xid := pg_current_xact_id();
  new.seq := nextval('sync_seq');
  new.born := case when tg_op = 'INSERT' then new.xid else old.born end;
  return new;
end $$;
create trigger stamp before insert or update on sync_rows for each row execute function sync_stamp_row();

alter table sync_epoch enable row level security;
alter table sync_rows enable row level security;
alter table sync_members enable row level security;
alter table sync_readers enable row level security;
alter table sync_ops enable row level security;
revoke all on sync_epoch, sync_rows, sync_members, sync_readers, sync_ops from public;
revoke all on sequence sync_seq from public;
