-- Connected accounts. Tokens come sealed and leave only to the program that opens them.

-- Connects an account, or the next one in its place, and answers its id. Until the account has answered, `last_synced_at` is null.
create function server_connect_integration(
  key text, person uuid, kind text, account text, sealed text, moment timestamptz) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare row_id uuid;
begin
  perform app_check_server_key(key);
  insert into integrations as i (user_id, source, external_id, status, access_token_enc, connected_at)
  values (person, kind, account, 'connected', convert_to(sealed, 'UTF8'), moment)
  on conflict (user_id, source) do update set
    external_id = excluded.external_id, status = 'connected', last_error = null, access_token_enc = excluded.access_token_enc,
    refresh_token_enc = null, connected_at = excluded.connected_at, last_synced_at = null, is_deleted = false
  returning id into row_id;
  return row_id;
end $$;

-- Destroys the tokens of an account; its numbers stay. The id, null where none was connected.
create function server_disconnect_integration(key text, person uuid, kind text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare row_id uuid;
begin
  perform app_check_server_key(key);
  update integrations set status = 'disconnected', last_error = null, access_token_enc = null, refresh_token_enc = null
  where user_id = person and source = kind and status <> 'disconnected' and not is_deleted
  returning id into row_id;
  return row_id;
end $$;
