-- One membership on its way through the functions that keep sync_members (permissions/sql/members.sql).
create type sync_membership as (user_id uuid, scope text);
