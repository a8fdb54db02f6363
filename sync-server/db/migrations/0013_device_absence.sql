-- A device that comes back pulls before it pushes, so its last sync is always "just now". What its own dates may claim is
-- bounded by the last time it was really away: from the last contact before the longest recent silence until the next one.
alter table devices
  add column absent_from timestamptz,
  add column absent_until timestamptz;
