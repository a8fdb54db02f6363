-- A live item of a batch's schedule may be one of the academy's sessions.
alter table batch_timeline_items add constraint batch_timeline_items_session_id_fkey
  foreign key (session_id) references success_sessions on delete set null;

-- Deferred to the commit, where the person's own role would see less than the rule needs.
alter function app_require_one_step() security definer;
