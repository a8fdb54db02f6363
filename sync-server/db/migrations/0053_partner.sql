-- The Success Partner: what a student asked and was answered, the day's credits, and the ledger that says where each went.

create table success_partner_messages (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  role text not null check (role in ('user', 'assistant')),
  content text not null check (octet_length(content) <= 8192 and (role = 'assistant' or char_length(content) <= 4000)),
  sent_at timestamptz not null default now(),
  -- UTC day.
  date date not null default (now() at time zone 'UTC')::date,
  conversation_id uuid not null,
  status text not null default 'processing' check (status in ('processing', 'answered', 'failed')),
  -- The question an answer belongs to; for a question, the failed one it repeats.
  reply_to_id uuid references success_partner_messages on delete set null,
  error_code text,
  model text,
  tokens int check (tokens >= 0),
  latency_ms int check (latency_ms >= 0),
  feedback smallint check (feedback in (-1, 1))
);
select app_adopt_table('success_partner_messages');
create index success_partner_messages_student on success_partner_messages (student_id, sent_at desc);
create index success_partner_messages_processing on success_partner_messages (sent_at) where status = 'processing';
create index success_partner_messages_reply_to_id on success_partner_messages (reply_to_id) where reply_to_id is not null;

create table success_partner_credits (
  id uuid primary key,
  student_id uuid not null references students on delete cascade,
  -- UTC day.
  date date not null,
  credits_used int not null default 0 check (credits_used >= 0),
  daily_limit int not null default 10 check (daily_limit between 0 and 200),
  unique (student_id, date),
  check (credits_used <= daily_limit)
);
select app_adopt_table('success_partner_credits', 'student_id', 'date');

create table success_partner_ledger (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  message_id uuid references success_partner_messages on delete set null,
  kind text not null check (kind in ('spend', 'refund', 'reset')),
  -- UTC day whose credits moved.
  date date not null,
  -- What it added to the credits used: 1 for a spend, less than 0 for a refund or a reset.
  delta int not null,
  unique (message_id, kind)
);
select app_adopt_table('success_partner_ledger');
create index success_partner_ledger_student_id on success_partner_ledger (student_id);
