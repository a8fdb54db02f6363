-- What decides whom a session is for; a plan that is no session yet has no id.
create type app_session_plan as (id uuid, audience text, course_id uuid, batch_ids uuid[], start_time timestamptz);
