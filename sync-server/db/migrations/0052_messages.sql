-- Conversations: between two people, of a student with the team, and from the team to many.

create table message_threads (
  id uuid primary key,
  kind text not null check (kind in ('direct', 'staff_inbox', 'broadcast')),
  -- What makes the thread the only one of its kind, and its id: direct:<lower id>:<higher id>, staff_inbox:<student>,
  -- broadcast:<any id>. Two people who write to each other for the first time, both offline, make the same thread.
  member_key text not null unique,
  subject text check (char_length(subject) <= 150),
  student_id uuid references students on delete cascade,
  created_by uuid not null references users on delete restrict,
  last_message_at timestamptz,
  closed_at timestamptz,
  check (case kind
    when 'direct' then member_key ~ '^direct:[0-9a-f-]{36}:[0-9a-f-]{36}$'
      and split_part(member_key, ':', 2) < split_part(member_key, ':', 3)
    when 'staff_inbox' then student_id is not null and member_key = 'staff_inbox:' || student_id
    else member_key ~ '^broadcast:[0-9a-f-]{36}$' end),
  check (kind = 'staff_inbox' or student_id is null)
);
select app_adopt_table('message_threads', 'member_key');
select app_accept_devices('message_threads');
create unique index message_threads_inbox on message_threads (student_id) where kind = 'staff_inbox';
create index message_threads_student_id on message_threads (student_id);
create index message_threads_created_by on message_threads (created_by, created_at desc);

create table thread_members (
  id uuid primary key,
  thread_id uuid not null references message_threads on delete cascade,
  user_id uuid not null references users on delete cascade,
  -- Messages of others since last_read_at; the server counts.
  unread_count int not null default 0 check (unread_count >= 0),
  last_read_at timestamptz,
  marked_unread boolean not null default false,
  muted boolean not null default false,
  -- Messages this member does not want to see; others keep seeing them.
  hidden_ids uuid[] not null default '{}' check (cardinality(hidden_ids) <= 2000),
  unique (thread_id, user_id)
);
select app_adopt_table('thread_members', 'thread_id', 'user_id');
select app_accept_devices('thread_members');
create index thread_members_user_id on thread_members (user_id);

create table messages (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  thread_id uuid not null references message_threads on delete cascade,
  type text not null default 'text' check (type in ('text', 'template', 'system')),
  content text not null check (char_length(content) <= 5000),
  file_ids uuid[] not null default '{}' check (cardinality(file_ids) <= 5),
  status text not null default 'sent' check (status in ('sent', 'delivered', 'read', 'failed')),
  provider_message_id text unique,
  template_name text,
  context jsonb not null default '{}' check (jsonb_typeof(context) = 'object'),
  reply_to_id uuid references messages on delete set null,
  sent_at timestamptz not null default now(),
  author_name text,
  check (btrim(content) <> '' or cardinality(file_ids) > 0)
);
select app_adopt_table('messages');
select app_accept_devices('messages');
create index messages_thread on messages (thread_id, sent_at);
create index messages_user_id on messages (user_id);
create index messages_reply_to_id on messages (reply_to_id) where reply_to_id is not null;

create table saved_replies (
  id uuid primary key default app_uuid7(),
  owner_id uuid not null references users on delete cascade,
  kind text not null check (kind in ('review', 'ticket')),
  title text not null check (char_length(title) between 1 and 100),
  body text not null check (char_length(body) between 1 and 5000)
);
select app_adopt_table('saved_replies');
select app_accept_devices('saved_replies');
create index saved_replies_owner_id on saved_replies (owner_id);
