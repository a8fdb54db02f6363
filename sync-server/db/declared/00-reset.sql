-- Everything in this folder says what holds today: what people could write yesterday is taken away first.
do $$
declare item record;
begin
  for item in select tablename, rowsecurity from pg_tables where schemaname = 'public' loop
    execute format(
      'revoke insert, update, delete, truncate, references, trigger on %I
         from public, app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin, app_anon',
      item.tablename);
    -- The migrator's own tables stand in this schema too.
    if not item.rowsecurity then
      execute format('alter table %I enable row level security', item.tablename);
    end if;
  end loop;
  for item in
    select p.oid::regprocedure as signature
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname like 'server\_%'
  loop
    execute format('drop function %s', item.signature);
  end loop;
end $$;
