-- Derived writes around tickets. Rules are the program's (contract/rules/tickets.ts); here stands what they decide.

-- What is known of a device that sends late: when it was last away, and how far back its word counts.
create function server_device_facts(key text, person uuid, device uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
begin
  perform app_check_server_key(key);
  return jsonb_build_object(
    'absence', (select jsonb_build_object('from', d.absent_from, 'until', d.absent_until)
      from devices d where d.id = device and d.user_id = person and d.absent_from is not null),
    'lease_days', (select c.offline_lease_days from company_settings c limit 1));
end $$;

-- Locks a ticket and tells what rules need of it; null where there is none. `student_name` is for notices to the team.
create function server_lock_ticket(key text, ticket uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
begin
  perform app_check_server_key(key);
  perform from support_tickets t where t.id = ticket for no key update;
  return (
    select jsonb_build_object('id', t.id, 'student_id', t.student_id, 'created_by', t.created_by,
      'ticket_number', t.ticket_number, 'title', t.title, 'priority', t.priority, 'category', t.category,
      'status', t.status, 'assigned_to', t.assigned_to, 'first_response_at', t.first_response_at,
      'resolved_at', t.resolved_at, 'created_at', t.created_at, 'student_name', u.full_name)
    from support_tickets t join users u on u.id = t.student_id where t.id = ticket and not t.is_deleted);
end $$;

-- Numbers a ticket that was just inserted and gives it to whoever answers its category. The row keeps the operation's token.
create function server_accept_ticket(key text, ticket uuid, received_at timestamptz, answer_by timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform set_config('app.keep_v', 'on', true);
  update support_tickets t set
    ticket_number = app_issue_number('ticket', 'TKT', received_at),
    response_due_at = answer_by,
    assigned_to = (
      select u.id from company_settings c join users u on u.id::text = c.ticket_assignees ->> t.category
      where u.role <> 'student' and u.status = 'active' and not u.is_deleted)
  where t.id = ticket and t.ticket_number is null;
  if not found then
    raise exception 'no ticket % that waits for its number', ticket using errcode = 'no_data_found';
  end if;
  perform set_config('app.keep_v', 'off', true);
end $$;

-- Moves a ticket to a state the rule has decided, and answers the student's wishes. `keep` = the change belongs to the
-- operation that the student's device knows.
create function server_move_ticket(
  key text, ticket uuid, next_status text, moment timestamptz, answered boolean, keep boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform set_config('app.keep_v', case when keep then 'on' else 'off' end, true);
  update support_tickets t set
    status = next_status,
    first_response_at = case when answered then coalesce(t.first_response_at, moment) else t.first_response_at end,
    resolved_at = case next_status when 'resolved' then coalesce(t.resolved_at, moment) when 'closed' then t.resolved_at end,
    closed_at = case when next_status = 'closed' then coalesce(t.closed_at, moment) end,
    resolve_requested_at = null,
    reopen_requested_at = null
  where t.id = ticket;
  perform set_config('app.keep_v', 'off', true);
end $$;

-- Stamps an answer that was just inserted with who wrote it, as they are now. The row keeps the operation's token.
create function server_sign_reply(key text, reply uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform set_config('app.keep_v', 'on', true);
  update support_ticket_replies r set author_name = u.full_name, author_role = u.role
  from users u where r.id = reply and u.id = r.user_id;
  perform set_config('app.keep_v', 'off', true);
end $$;

-- Whom of the team to tell: who is assigned, if still of it, else the staff.
create function server_ticket_team(key text, ticket uuid) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    with assignee as (
      select u.id from support_tickets t join users u on u.id = t.assigned_to
      where t.id = ticket and u.role <> 'student' and u.status = 'active' and not u.is_deleted)
    select a.id from assignee a
    union all
    select s.id from users s
    where s.role in ('admin', 'superadmin') and s.status = 'active' and not s.is_deleted and not exists (select from assignee);
end $$;
