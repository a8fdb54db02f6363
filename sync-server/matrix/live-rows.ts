import type { Pool } from '../db/sql.ts';
import { openPool } from '../db/pools.ts';
import type { Table } from './catalogue.ts';

/**
 * A login for whom deleted rows do not exist: every table's name means the rows that are not marked as deleted. The plain rules of
 * reading are asked through it, so that none of them has to say for each table it looks into that what is deleted counts for nothing.
 */
export async function openLiveRows(server: Pool, url: string, catalogue: ReadonlyMap<string, Table>): Promise<Pool> {
  const views = [...catalogue.values()]
    .filter(({ columns }) => columns.some(({ name }) => name === 'is_deleted'))
    .map(({ name }) => `create view live.${name} as select * from public.${name} where not is_deleted`);
  await server.query(['create schema live', ...views].join(';\n'));
  const live = new URL(url);
  live.searchParams.set('options', '-c search_path=live,public');
  return openPool(live.href, 4);
}
