-- Questions to the team and what was answered. An answer marked internal is for the team alone.

create table support_tickets (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  created_by uuid not null references users on delete restrict,
  -- Given when the server accepts the ticket: TKT-2026-000001, without gaps per year.
  ticket_number text unique check (ticket_number ~ '^TKT-[0-9]{4}-[0-9]{6,}$'),
  title text not null check (char_length(title) between 3 and 150),
  description text not null check (char_length(description) between 1 and 5000),
  file_ids uuid[] not null default '{}' check (cardinality(file_ids) <= 5),
  category text not null default 'other'
    check (category in ('complaint', 'feedback', 'technical', 'billing', 'account', 'other')),
  priority text not null default 'medium' check (priority in ('low', 'medium', 'high', 'urgent')),
  status text not null default 'open' check (status in ('open', 'in_progress', 'resolved', 'closed')),
  assigned_to uuid references users on delete set null,
  follows_ticket_id uuid references support_tickets on delete set null,
  first_response_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  response_due_at timestamptz,
  breached_at timestamptz,
  resolve_requested_at timestamptz,
  reopen_requested_at timestamptz
);
select app_adopt_table('support_tickets');
select app_accept_devices('support_tickets');
create index support_tickets_student on support_tickets (student_id, created_at desc);
create index support_tickets_status on support_tickets (status, priority);
create index support_tickets_created_by on support_tickets (created_by);
create index support_tickets_assigned_to on support_tickets (assigned_to);
create index support_tickets_follows_ticket_id on support_tickets (follows_ticket_id) where follows_ticket_id is not null;

create table support_ticket_replies (
  id uuid primary key default app_uuid7(),
  ticket_id uuid not null references support_tickets on delete cascade,
  user_id uuid not null references users on delete restrict,
  message text not null check (char_length(message) between 1 and 5000),
  -- Who wrote, as it was then; the server's.
  author_name text not null default '',
  author_role text not null default '',
  is_internal boolean not null default false,
  file_ids uuid[] not null default '{}' check (cardinality(file_ids) <= 5)
);
select app_adopt_table('support_ticket_replies');
select app_accept_devices('support_ticket_replies');
create index support_ticket_replies_ticket on support_ticket_replies (ticket_id, created_at);
