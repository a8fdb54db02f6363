-- What staff decided a student has come to; it outweighs what enrolments and fees say (workflows 2.1).
alter table students
  add column outcome text check (outcome in ('complete', 'dropout')),
  add column outcome_set_at timestamptz,
  add constraint students_outcome_check_date check ((outcome is null) = (outcome_set_at is null));

-- A student who is erased keeps a row with a pseudonym; this is when the person behind it went.
alter table users add column erased_at timestamptz;
