import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedViews } from './fragments.ts';
import { membershipSql } from './membership-triggers.ts';
import { readingSql } from './reading.ts';
import { everyTable } from './tables/index.ts';
import { writingSql } from './writing.ts';
import { publishingSql } from './publish.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, 'sql', `${name}.sql`), 'utf8');

/** What an earlier deploy generated and this one may no longer name. Policies are dropped by the migration itself. */
const clear = `do $$ declare found record; begin
  for found in select tgname, tgrelid::regclass as home from pg_trigger where tgname like 'sync\\_%' and not tgisinternal loop
    execute format('drop trigger %I on %s', found.tgname, found.home);
  end loop;
  for found in select viewname from pg_views where schemaname = 'public' and viewname like 'seen\\_%' loop
    execute format('drop view %I', found.viewname);
  end loop;
end $$;`;

/**
 * All of replication's SQL as of today, to be run at every deploy after the tables and the other declarations: functions that
 * know who reads what, published rows with their triggers, memberships, row policies and column grants.
 */
export function permissionsSql(): string {
  const declared = [
    read('facts'),
    read('members'),
    read('desk'),
    read('money'),
    read('documents'),
    read('threads'),
    read('reading'),
    read('server'),
    read('feed'),
    ...everyTable.map(publishingSql),
    membershipSql(),
    ...everyTable.map(readingSql),
    ...everyTable.map(writingSql),
  ].join('\n');
  const fingerprint = createHash('sha256').update(declared).digest('hex');
  return [clear, declared, republish(fingerprint)].join('\n');
}

/** When the declaration changed, what stands published was made by the old one: everything is compared again. */
const republish = (fingerprint: string): string => `
select sync_check_epoch();
do $$ begin
  if exists (select from sync_epoch where declared = '${fingerprint}') then return; end if;
  perform sync_refresh_members(array(select id from users union select user_id from sync_members where lost is null));
  ${everyTable
    .filter((table) => publishedViews(table).length > 0)
    .map(({ table }) => `perform sync_publish_${table}(array(select id from ${table}));`)
    .join('\n  ')}
  update sync_rows set deleted = true, body = null
  where not deleted and type not in (${everyTable
    .filter((table) => publishedViews(table).length > 0)
    .map(({ table }) => `'${table}'`)
    .join(', ')});
  update sync_epoch set declared = '${fingerprint}';
end $$;`;
