-- What was paid, what is claimed to have been paid, and how the company bills. Amounts are integer minor units.

alter table invoices
  -- What an earlier invoice of the enrolment was paid too much, taken off this one (decisions: part of an installment paid).
  add column credit_amount bigint not null default 0 check (credit_amount >= 0),
  add constraint invoices_refund_amount_check check (refund_amount >= 0);
create index invoices_course_id on invoices (course_id) where course_id is not null;
create index invoices_pathway_id on invoices (pathway_id) where pathway_id is not null;
create index invoices_issue_date on invoices (issue_date) where status = 'scheduled';

create table billing_settings (
  id uuid primary key default '00000000-0000-4000-8000-000000000001'
    check (id = '00000000-0000-4000-8000-000000000001'),
  currency text not null default 'PKR' check (currency in ('USD', 'EUR', 'GBP', 'PKR', 'INR', 'CAD', 'AUD')),
  original_fee_amount bigint not null default 300000 check (original_fee_amount >= 0),
  maximum_installment_count int not null default 3 check (maximum_installment_count between 1 and 12),
  invoice_send_gap_days int not null default 30 check (invoice_send_gap_days between 1 and 90),
  invoice_overdue_days int not null default 5 check (invoice_overdue_days between 1 and 365),
  overdue_penalty_type text not null default 'none' check (overdue_penalty_type in ('none', 'fixed', 'percentage')),
  overdue_penalty_amount bigint not null default 0 check (overdue_penalty_amount >= 0),
  overdue_penalty_percent numeric not null default 0 check (overdue_penalty_percent between 0 and 100),
  em_records_first_payment boolean not null default false,
  em_discount_limit_percent numeric not null default 0 check (em_discount_limit_percent between 0 and 100),
  accepts_part_payments boolean not null default false,
  suspension_notice_note text check (char_length(suspension_notice_note) <= 2000),
  invoice_notes text check (char_length(invoice_notes) <= 2000),
  payment_methods jsonb not null default '[]' check (jsonb_typeof(payment_methods) = 'array'),
  -- What students may read of them: a method that is switched off is nobody else's business.
  enabled_payment_methods jsonb not null
    generated always as (jsonb_path_query_array(payment_methods, '$[*] ? (@.enabled == true)')) stored,
  billing_email_cc text,
  offer_amounts text[] not null default '{}'
);
select app_adopt_table('billing_settings');
-- A company bills by these defaults until it says otherwise; the row is always there.
insert into billing_settings default values;

create table installment_payments (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete restrict,
  invoice_id uuid not null references invoices on delete restrict,
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  receipt_number text not null unique,
  receipt_file_id uuid references files on delete set null,
  payment_date timestamptz not null default now(),
  payment_method text not null
    check (payment_method in ('bank_transfer', 'card', 'cash', 'cheque', 'online', 'other')),
  transaction_id text check (char_length(transaction_id) <= 200),
  status text not null default 'paid' check (status in ('pending', 'paid', 'failed', 'refunded')),
  proof_file_ids uuid[] not null default '{}',
  -- Whoever wrote a line of the ledger stays in it: people are made anonymous, never deleted.
  recorded_by uuid references users on delete restrict,
  reverses_id uuid references installment_payments on delete restrict,
  idempotency_key text unique,
  check ((status = 'refunded') = (reverses_id is not null))
);
select app_adopt_table('installment_payments');
create index installment_payments_student_id on installment_payments (student_id, payment_date desc);
create index installment_payments_invoice_id on installment_payments (invoice_id);
create index installment_payments_reverses_id on installment_payments (reverses_id) where reverses_id is not null;
create unique index installment_payments_transaction on installment_payments (payment_method, transaction_id)
  where transaction_id is not null;

create table payment_proofs (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete restrict,
  invoice_id uuid not null references invoices on delete restrict,
  amount bigint not null check (amount > 0),
  payment_method text not null
    check (payment_method in ('bank_transfer', 'card', 'cash', 'cheque', 'online', 'other')),
  paid_on date not null,
  reference text check (char_length(reference) <= 200),
  file_ids uuid[] not null default '{}' check (cardinality(file_ids) <= 5),
  status text not null default 'submitted' check (status in ('submitted', 'accepted', 'rejected')),
  decided_by uuid references users on delete set null,
  decided_at timestamptz,
  reason text check (char_length(reason) <= 500),
  payment_id uuid references installment_payments on delete restrict,
  check ((status = 'submitted') = (decided_at is null)),
  check (payment_id is null or status = 'accepted')
);
select app_adopt_table('payment_proofs');
create index payment_proofs_student_id on payment_proofs (student_id, created_at desc);
create index payment_proofs_invoice_id on payment_proofs (invoice_id);
create index payment_proofs_waiting on payment_proofs (created_at) where status = 'submitted';

create table scheduled_suspensions (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  schedule_suspend_date timestamptz not null,
  auto_unsuspend_date timestamptz,
  reason text check (char_length(reason) <= 1000),
  status text not null default 'active' check (status in ('active', 'executed', 'cancelled', 'lifted')),
  created_by uuid references users on delete set null,
  executed_at timestamptz,
  cancelled_at timestamptz,
  check (auto_unsuspend_date > schedule_suspend_date)
);
select app_adopt_table('scheduled_suspensions');
create index scheduled_suspensions_student_id on scheduled_suspensions (student_id);
create unique index scheduled_suspensions_one_active on scheduled_suspensions (student_id)
  where status = 'active' and not is_deleted;
create index scheduled_suspensions_due on scheduled_suspensions (schedule_suspend_date) where status = 'active';

create table billing_drift_findings (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  expected_total bigint not null default 0,
  actual_total bigint not null default 0,
  difference bigint not null default 0,
  currency text not null default 'PKR' check (currency ~ '^[A-Z]{3}$'),
  details jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
  status text not null default 'open' check (status in ('open', 'resolved', 'ignored', 'cleared')),
  detected_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by uuid references users on delete set null,
  notes text check (char_length(notes) <= 2000)
);
select app_adopt_table('billing_drift_findings');
create index billing_drift_findings_student_id on billing_drift_findings (student_id);
create unique index billing_drift_findings_one_open on billing_drift_findings (student_id)
  where status = 'open' and not is_deleted;

create table billing_reconciliation_actions (
  id uuid primary key default app_uuid7(),
  finding_id uuid references billing_drift_findings on delete set null,
  student_id uuid not null references students on delete cascade,
  action_type text not null check (action_type in (
    'delete_orphan_invoices', 'resync_enrollment_total', 'mark_duplicate_enrollment', 'remove_phantom_enrollment')),
  performed_by uuid references users on delete set null,
  performed_at timestamptz not null default now(),
  before_state jsonb not null default '{}',
  after_state jsonb not null default '{}',
  undone_at timestamptz,
  undone_by uuid references users on delete set null
);
select app_adopt_table('billing_reconciliation_actions');
create index billing_reconciliation_actions_finding_id on billing_reconciliation_actions (finding_id);
create index billing_reconciliation_actions_student_id on billing_reconciliation_actions (student_id);

create table enrollment_requests (
  id uuid primary key default app_uuid7(),
  created_by uuid not null references users on delete restrict,
  payload jsonb not null check (jsonb_typeof(payload) = 'object'),
  status text not null default 'waiting' check (status in ('waiting', 'approved', 'returned', 'withdrawn')),
  decided_by uuid references users on delete set null,
  decided_at timestamptz,
  note text check (char_length(note) <= 1000),
  student_id uuid references students on delete set null,
  check ((status in ('approved', 'returned')) = (decided_at is not null))
);
select app_adopt_table('enrollment_requests');
create index enrollment_requests_created_by on enrollment_requests (created_by, created_at desc);
create index enrollment_requests_waiting on enrollment_requests (created_at) where status = 'waiting';

-- The ledger of payments: a line that was written stays as it is, whoever asks, the server included; what was wrong is set
-- right by another line. Only the receipt's document may be added later.
create function app_keep_payment() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  open constant text[] := array['receipt_file_id', 'updated_at', 'v'];
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - open = to_jsonb(old) - open then
    return new;
  end if;
  raise exception 'a payment is never changed or removed' using errcode = 'restrict_violation';
end $$;
create trigger keep_payment before update or delete on installment_payments
  for each row execute function app_keep_payment();
create trigger keep_payments before truncate on installment_payments
  for each statement execute function app_keep_payment();
