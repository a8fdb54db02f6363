-- Credits of the Success Partner (data model R26): one per question, taken with a line in the ledger before the provider is
-- asked, given back on failure. A question has one spend and at most one refund, whatever is repeated.

-- The credits of a student on the UTC day of `moment`, made when first asked for.
create or replace function app_partner_credits(student uuid, moment timestamptz) returns success_partner_credits
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  today constant date := (moment at time zone 'UTC')::date;
  credits success_partner_credits;
begin
  insert into success_partner_credits (student_id, date, daily_limit)
  select s.id, today, coalesce(s.sp_daily_limit, (select c.sp_daily_credits from company_settings c limit 1), 10)
  from students s where s.id = student
  on conflict (student_id, date) do nothing;
  select * into strict credits from success_partner_credits c where c.student_id = student and c.date = today;
  return credits;
end $$;

create or replace function app_tell_credits(credits success_partner_credits, state text) returns jsonb
language sql stable set timezone = 'UTC' as $$
  select jsonb_build_object('state', state, 'date', credits.date, 'credits_used', credits.credits_used,
    'daily_limit', credits.daily_limit, 'reset_at', (credits.date + 1)::timestamp at time zone 'UTC')
$$;

-- Today's credits of a student: {state: 'told', date, credits_used, daily_limit, reset_at}.
create function server_partner_credits(key text, student uuid, moment timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return app_tell_credits(app_partner_credits(student, moment), 'told');
end $$;

-- Takes a credit and keeps the question. `state`: `taken`; `none` when the day's credits are used up, and nothing was kept;
-- else that of the question this id already names (`processing`, `answered`, `failed`; `foreign` when somebody else's).
create function server_take_partner_credit(
  key text, student uuid, question uuid, conversation uuid, words text, moment timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  credits success_partner_credits;
  known success_partner_messages;
begin
  perform app_check_server_key(key);
  credits := app_partner_credits(student, moment);
  -- The day's row is the lock: two devices that send at once come one after the other.
  select * into strict credits from success_partner_credits c where c.id = credits.id for update;
  select * into known from success_partner_messages m where m.id = question;
  if found then
    return app_tell_credits(credits, case when known.student_id = student then known.status else 'foreign' end);
  end if;
  update success_partner_credits c set credits_used = c.credits_used + 1
  where c.id = credits.id and c.credits_used < c.daily_limit returning * into credits;
  if not found then
    select * into strict credits from success_partner_credits c
    where c.student_id = student and c.date = (moment at time zone 'UTC')::date;
    return app_tell_credits(credits, 'none');
  end if;
  insert into success_partner_messages (id, student_id, role, content, sent_at, date, conversation_id, status)
  values (question, student, 'user', words, moment, credits.date, conversation, 'processing');
  insert into success_partner_ledger (student_id, message_id, kind, date, delta)
  values (student, question, 'spend', credits.date, 1);
  return app_tell_credits(credits, 'taken');
end $$;

-- Fails a question that was not answered and gives its credit back, to the day it was taken from. Answers false when it was
-- answered or failed before.
create function server_return_partner_credit(key text, question uuid, error text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  asked success_partner_messages;
begin
  perform app_check_server_key(key);
  update success_partner_messages m set status = 'failed', error_code = error
  where m.id = question and m.role = 'user' and m.status = 'processing' returning * into asked;
  if not found then return false; end if;
  insert into success_partner_ledger (student_id, message_id, kind, date, delta)
  values (asked.student_id, asked.id, 'refund', asked.date, -1) on conflict (message_id, kind) do nothing;
  if found then
    -- A reset in between may have given it back already.
    update success_partner_credits c set credits_used = greatest(c.credits_used - 1, 0)
    where c.student_id = asked.student_id and c.date = asked.date;
  end if;
  return true;
end $$;

-- Questions that a crash left unanswered for longer than `minutes`: failed, their credits given back. Answers how many.
create function server_sweep_partner_questions(key text, moment timestamptz, minutes int) returns int
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  question uuid;
  swept int := 0;
begin
  perform app_check_server_key(key);
  for question in
    select m.id from success_partner_messages m
    where m.status = 'processing' and m.role = 'user' and m.sent_at < moment - make_interval(mins => minutes)
    order by m.id for update skip locked
  loop
    if server_return_partner_credit(key, question, 'interrupted') then swept := swept + 1; end if;
  end loop;
  return swept;
end $$;

-- Gives a student the day's credits anew; answers the row as it was and as it is. Null where there is no such student.
create function server_reset_partner_credits(key text, student uuid, day date) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before success_partner_credits;
  after success_partner_credits;
begin
  perform app_check_server_key(key);
  if not exists (select from students s where s.id = student and not s.is_deleted) then return null; end if;
  before := app_partner_credits(student, day::timestamp at time zone 'UTC');
  select * into strict before from success_partner_credits c where c.id = before.id for update;
  update success_partner_credits c set credits_used = 0 where c.id = before.id returning * into after;
  if before.credits_used > 0 then
    insert into success_partner_ledger (student_id, kind, date, delta) values (student, 'reset', day, -before.credits_used);
  end if;
  return jsonb_build_object('before', app_tell_credits(before, 'told'), 'after', app_tell_credits(after, 'told'));
end $$;

-- The lasting limit of one student (null = the company's) and today's with it. What was used beyond a lower limit stays used.
create function server_limit_partner_credits(key text, student uuid, credits_a_day int, moment timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before int;
  today success_partner_credits;
begin
  perform app_check_server_key(key);
  select s.sp_daily_limit into before from students s where s.id = student and not s.is_deleted for no key update;
  if not found then return null; end if;
  today := app_partner_credits(student, moment);
  update students s set sp_daily_limit = credits_a_day where s.id = student;
  update success_partner_credits c set daily_limit = greatest(
    c.credits_used, coalesce(credits_a_day, (select s.sp_daily_credits from company_settings s limit 1), 10))
  where c.id = today.id returning * into today;
  return jsonb_build_object('before', jsonb_build_object('sp_daily_limit', before), 'after', app_tell_credits(today, 'told'));
end $$;
