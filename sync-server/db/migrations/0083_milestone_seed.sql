-- The milestones every academy begins with (data model R34). Staff may change them all; nothing puts them back.

insert into milestone_categories (id, name, description, icon, color, display_order)
select app_natural_id('milestone_categories', name), name, description, icon, color, display_order
from (values
  ('Learning', 'Watching, handing in and keeping at it', '📚', '#10B981', 0),
  ('Integration', 'Shop and advertising accounts connected', '🔌', '#3B82F6', 1),
  ('Achievement', 'Quality and steadiness of the work', '🏅', '#F59E0B', 2),
  ('Special', 'Rare distinctions', '🌟', '#8B5CF6', 3)
) as given(name, description, icon, color, display_order)
on conflict (name) do nothing;

insert into badges (id, name, description)
select app_natural_id('badges', name), name, description
from (values
  ('Integration Master', 'Connect both accounts'),
  ('Graduation Star', 'Complete a course'),
  ('Elite Student', 'Be among the top 10 %'),
  ('Excellence Badge', 'Reach an average quality of 95'),
  ('Innovation Award', 'Given by the team for a new idea'),
  ('Community Leader', 'Given by the team for helping others')
) as given(name, description)
on conflict (name) do nothing;

insert into milestones (
  id, category_id, badge_id, name, description, icon, points, display_order, trigger_type, trigger_config, show_celebration,
  celebration_message)
select app_natural_id('milestones', given.name), c.id, b.id, given.name, given.description, given.icon, given.points, given.place,
  given.trigger_type, given.config::jsonb, given.message is not null, given.message
from (values
  (0, 'Learning', 'First Steps', 'Watch the first lesson', '👣', 10, 'recording_watched', '{"count": 1}', null),
  (1, 'Learning', 'Knowledge Seeker', 'Watch ten lessons', '🔎', 10, 'recording_watched', '{"count": 10}', null),
  (2, 'Learning', 'Assignment Master', 'Hand in five assignments', '📝', 10, 'assignment_submitted', '{"count": 5}', null),
  (3, 'Learning', 'Product Market Fit Expert', 'Finish lesson 1 with its assignment', '🎯', 10, 'sequence_based', '{"recording_sequence": [1], "require_assignment": true}', null),
  (4, 'Learning', 'Research Pro', 'Finish lesson 2 with its assignment', '🔬', 10, 'sequence_based', '{"recording_sequence": [2], "require_assignment": true}', null),
  (5, 'Learning', 'Supplier Hunter', 'Finish lesson 3 with its assignment', '📦', 10, 'sequence_based', '{"recording_sequence": [3], "require_assignment": true}', null),
  (6, 'Learning', 'Branding Guru', 'Finish lessons 4 to 8 with their assignments', '🎨', 10, 'sequence_based', '{"recording_sequence": [4, 5, 6, 7, 8], "require_assignment": true}', null),
  (7, 'Learning', 'Store Builder', 'Finish lessons 9 and 10 with their assignments', '🏗️', 10, 'sequence_based', '{"recording_sequence": [9, 10], "require_assignment": true}', null),
  (8, 'Learning', 'Fast Learner', 'Watch three lessons within 24 hours', '⚡', 10, 'time_based', '{"lessons_count": 3, "time_window": 24}', null),
  (9, 'Learning', 'Consistent Student', 'Learn on five days in a row', '📅', 10, 'time_based', '{"consecutive_days": 5}', null),
  (10, 'Integration', 'Connection Champion', 'Connect a Shopify store', '🛒', 10, 'integration_connected', '{"platform": "shopify"}', null),
  (11, 'Integration', 'Marketing Pro', 'Connect a Meta advertising account', '📣', 10, 'integration_connected', '{"platform": "meta_ads"}', null),
  (12, 'Integration', 'Integration Master', 'Connect both accounts', '🔗', 10, 'integration_connected', '{"all_required": true}', 'Your store and your advertising work together now.'),
  (13, 'Integration', 'Tech Savvy', 'Connect both accounts within a week of the start', '💻', 10, 'time_based', '{"integrations_completed": 2, "time_window": 168}', null),
  (14, 'Achievement', 'Early Bird', 'Finish onboarding within 48 hours', '🐦', 10, 'onboarding_completed', '{"time_window": 48}', null),
  (15, 'Achievement', 'High Achiever', 'Have 90 % of the work approved, three pieces at least', '🚀', 10, 'performance_based', '{"approval_rate": 90, "min_submissions": 3}', null),
  (16, 'Achievement', 'Perfect Student', 'Hand everything in on time, five pieces at least', '⏱️', 10, 'performance_based', '{"on_time_rate": 100, "min_submissions": 5}', null),
  (17, 'Achievement', 'Dedicated Learner', 'Miss no lesson for 14 days', '💪', 10, 'time_based', '{"no_missed_lessons": 14}', null),
  (18, 'Achievement', 'Quality Controller', 'Earn three excellent reviews', '🧐', 10, 'performance_based', '{"excellent_feedback": 3}', null),
  (19, 'Special', 'Graduation Star', 'Complete a course', '🎓', 100, 'course_completed', '{}', 'You have completed a whole course.'),
  (20, 'Special', 'Elite Student', 'Be among the top 10 %', '👑', 75, 'performance_based', '{"top_percentile": 10}', 'You are among the best of the academy.'),
  (21, 'Special', 'Excellence Badge', 'Reach an average quality of 95', '💎', 60, 'performance_based', '{"quality_score": 95, "min_submissions": 1}', 'Your work could hardly be better.'),
  (22, 'Special', 'Innovation Award', 'Given by the team for a new idea', '💡', 50, 'manual', '{}', 'The team honours your idea.'),
  (23, 'Special', 'Community Leader', 'Given by the team for helping others', '🤝', 40, 'manual', '{}', 'Thank you for helping the others.')
) as given(place, category, name, description, icon, points, trigger_type, config, message)
join milestone_categories c on c.name = given.category
left join badges b on b.name = given.name and given.message is not null
on conflict (name) do nothing;
