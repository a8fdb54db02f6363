-- What staff keep of milestones and badges, and what they give and take back by hand.

-- Makes or changes a badge and answers {before, after}; a known id that is not there answers null.
create function server_save_badge(key text, row_id uuid, given jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held badges;
  saved badges;
begin
  perform app_check_server_key(key);
  if row_id is null then
    insert into badges (name, description, image_file_id)
    select g.name, g.description, g.image_file_id from jsonb_populate_record(null::badges, given) g
    returning * into saved;
  else
    select * into held from badges where id = row_id and not is_deleted for no key update;
    if held.id is null then return null; end if;
    update badges b set name = g.name, description = g.description, image_file_id = g.image_file_id
    from jsonb_populate_record(null::badges, given) g where b.id = row_id
    returning b.* into saved;
  end if;
  return jsonb_build_object('before', case when held.id is not null then to_jsonb(held) end, 'after', to_jsonb(saved));
end $$;

-- The same for a category of milestones.
create function server_save_milestone_category(key text, row_id uuid, given jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held milestone_categories;
  saved milestone_categories;
begin
  perform app_check_server_key(key);
  if row_id is null then
    insert into milestone_categories (name, description, icon, color, display_order)
    select g.name, g.description, g.icon, g.color, g.display_order
    from jsonb_populate_record(null::milestone_categories, given) g
    returning * into saved;
  else
    select * into held from milestone_categories where id = row_id and not is_deleted for no key update;
    if held.id is null then return null; end if;
    update milestone_categories c set name = g.name, description = g.description, icon = g.icon, color = g.color,
      display_order = g.display_order
    from jsonb_populate_record(null::milestone_categories, given) g where c.id = row_id
    returning c.* into saved;
  end if;
  return jsonb_build_object('before', case when held.id is not null then to_jsonb(held) end, 'after', to_jsonb(saved));
end $$;

-- The same for a milestone.
create function server_save_milestone(key text, row_id uuid, given jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held milestones;
  saved milestones;
begin
  perform app_check_server_key(key);
  if row_id is null then
    insert into milestones (
      category_id, badge_id, name, description, icon, points, display_order, is_active, trigger_type, trigger_config,
      show_celebration, celebration_message, celebration_config)
    select g.category_id, g.badge_id, g.name, g.description, g.icon, g.points, g.display_order, g.is_active, g.trigger_type,
      g.trigger_config, g.show_celebration, g.celebration_message, g.celebration_config
    from jsonb_populate_record(null::milestones, given) g
    returning * into saved;
  else
    select * into held from milestones where id = row_id and not is_deleted for no key update;
    if held.id is null then return null; end if;
    update milestones m set category_id = g.category_id, badge_id = g.badge_id, name = g.name, description = g.description,
      icon = g.icon, points = g.points, display_order = g.display_order, is_active = g.is_active,
      trigger_type = g.trigger_type, trigger_config = g.trigger_config, show_celebration = g.show_celebration,
      celebration_message = g.celebration_message, celebration_config = g.celebration_config
    from jsonb_populate_record(null::milestones, given) g where m.id = row_id
    returning m.* into saved;
  end if;
  return jsonb_build_object('before', case when held.id is not null then to_jsonb(held) end, 'after', to_jsonb(saved));
end $$;

-- Takes a row of the catalogue out of sight; what was earned with it stays. Its name becomes free. Answers the row, null where none.
create function server_delete_reward(key text, kind text, row_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare gone jsonb;
begin
  perform app_check_server_key(key);
  if kind not in ('badges', 'milestone_categories', 'milestones') then
    raise exception 'no such kind of reward: %', kind using errcode = 'invalid_parameter_value';
  end if;
  execute format(
    'update %I t set is_deleted = true, name = left(t.name, 80) || '' '' || left(t.id::text, 18) where t.id = $1 and not t.is_deleted returning to_jsonb(t)',
    kind) into gone using row_id;
  return gone;
end $$;

-- What an award by hand needs to know of a milestone; null where it is not active.
create function server_milestone(key text, milestone uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (select jsonb_build_object(
      'id', m.id, 'name', m.name, 'icon', m.icon, 'points', m.points, 'show_celebration', m.show_celebration,
      'celebration_message', m.celebration_message)
    from milestones m where m.id = milestone and m.is_active and not m.is_deleted);
end $$;

-- Gives a badge by hand; true where the person did not have it.
create function server_award_badge(key text, person uuid, badge uuid, giver uuid, note text, moment timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into user_badges as b (user_id, badge_id, earned_at, awarded_by, notes)
  select person, c.id, moment, giver, note from badges c where c.id = badge and not c.is_deleted
  on conflict (user_id, badge_id) do update
    set earned_at = excluded.earned_at, awarded_by = excluded.awarded_by, notes = excluded.notes, milestone_id = null, is_deleted = false
    where b.is_deleted;
  return found;
end $$;

-- Takes a milestone back, and the badge that came with it; the id of the row, null where the person did not have it.
create function server_revoke_milestone(key text, person uuid, milestone uuid) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare gone uuid;
begin
  perform app_check_server_key(key);
  update user_milestones set is_deleted = true where user_id = person and milestone_id = milestone and not is_deleted
  returning id into gone;
  if gone is not null then
    update user_badges b set is_deleted = true
    where b.user_id = person and b.milestone_id = milestone and not b.is_deleted;
  end if;
  return gone;
end $$;

create function server_revoke_badge(key text, person uuid, badge uuid) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare gone uuid;
begin
  perform app_check_server_key(key);
  update user_badges set is_deleted = true where user_id = person and badge_id = badge and not is_deleted returning id into gone;
  return gone;
end $$;

-- Keeps a student out of the ranking, or lets them in again; false where nothing changed.
create function server_exclude_from_leaderboard(key text, student uuid, excluded boolean) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update students set leaderboard_excluded = excluded where id = student and leaderboard_excluded <> excluded and not is_deleted;
  return found;
end $$;
