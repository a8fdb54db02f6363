-- Who may read an audit line is decided when it is written, so that a later change of role moves no line into or out of sight.
alter table admin_logs
  -- The role the actor had at that moment; null = the system, or an operator's program.
  add column actor_role text,
  -- security and settings lines are for superadmins only.
  add column class text not null default 'general' check (class in ('general', 'security', 'settings'));
create index admin_logs_latest on admin_logs (created_at desc, id desc);
create index admin_logs_action on admin_logs (action, created_at desc);
