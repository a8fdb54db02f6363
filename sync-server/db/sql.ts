import type { Pool, PoolClient, QueryResultRow } from 'pg';

/** Something that runs one statement: a pooled client inside a transaction. Values are always bound, never spliced. */
export type Tx = {
  query<Row extends QueryResultRow = QueryResultRow>(
    text: string | { text: string; values?: unknown[]; name?: string },
    values?: unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
};

export type { Pool, PoolClient };
