-- People's transactions may call the server's functions; the key is what opens them.
do $$
declare item record;
begin
  for item in
    select p.oid::regprocedure as signature
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname like 'server\_%'
  loop
    execute format('revoke all on function %s from public', item.signature);
    execute format(
      'grant execute on function %s to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin',
      item.signature);
  end loop;
end $$;
