-- Derived writes around conversations.

-- Enters the people whom a conversation's key names; those of the team meet an inbox by their role.
create function server_open_thread(key text, thread uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into thread_members (thread_id, user_id)
  select t.id, named::uuid from message_threads t
  cross join lateral unnest((string_to_array(t.member_key, ':'))[2:]) as named
  where t.id = thread and t.kind <> 'broadcast'
  on conflict (thread_id, user_id) do nothing;
end $$;

-- What a message is judged by; null where there is no such conversation. `answers`: whether the message answered is one of it.
create function server_thread_facts(key text, thread uuid, answered uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object('kind', t.kind, 'is_closed', t.closed_at is not null,
      'may_write', app_may_write_in(t.id),
      'answers', answered is null or exists (
        select from messages m where m.id = answered and m.thread_id = t.id and not m.is_deleted))
    from message_threads t where t.id = thread and not t.is_deleted);
end $$;

-- Delivers a message that was just inserted: signs it, moves the conversation up, counts it as unread for everybody else of
-- it. Answers whom to tell: those for whom it is the first unread one, unless they silenced the conversation.
create function server_deliver_message(key text, message uuid, received_at timestamptz) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  sent messages;
  place message_threads;
begin
  perform app_check_server_key(key);
  select * into strict sent from messages m where m.id = message;
  -- One message of a conversation at a time, so that their times are in the order of delivery.
  select * into strict place from message_threads t where t.id = sent.thread_id for no key update;
  perform set_config('app.keep_v', 'on', true);
  update messages m set sent_at = greatest(received_at, place.last_message_at + interval '1 millisecond'),
    author_name = (select u.full_name from users u where u.id = sent.user_id)
  where m.id = message returning m.sent_at into sent.sent_at;
  perform set_config('app.keep_v', 'off', true);
  update message_threads t set last_message_at = sent.sent_at where t.id = place.id;
  if place.kind = 'staff_inbox' then
    insert into thread_members (thread_id, user_id)
    select place.id, u.id from users u
    where u.role in ('admin', 'superadmin', 'enrollment_manager') and app_is_of_inbox(u.id, place.student_id)
    on conflict (thread_id, user_id) do nothing;
  end if;
  return query
    with counted as (
      update thread_members m set unread_count = m.unread_count + 1
      where m.thread_id = place.id and m.user_id <> sent.user_id and not m.is_deleted
        and (place.kind <> 'staff_inbox' or app_is_of_inbox(m.user_id, place.student_id))
      returning m.user_id, m.unread_count, m.muted)
    select c.user_id from counted c where c.unread_count = 1 and not c.muted;
end $$;

-- After a member has read on: counts what is left, and marks messages of others as read once somebody else has seen them.
create function server_recount_unread(key text, member uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  mine thread_members;
begin
  perform app_check_server_key(key);
  select * into strict mine from thread_members m where m.id = member;
  perform set_config('app.keep_v', 'on', true);
  update thread_members m set unread_count = (
    select count(*) from messages s
    where s.thread_id = m.thread_id and s.user_id <> m.user_id and not s.is_deleted and not s.id = any (m.hidden_ids)
      and s.sent_at > coalesce(m.last_read_at, '-infinity'))
  where m.id = member;
  perform set_config('app.keep_v', 'off', true);
  update messages s set status = 'read'
  where s.thread_id = mine.thread_id and s.user_id <> mine.user_id and s.status in ('sent', 'delivered')
    and s.sent_at <= mine.last_read_at;
end $$;
