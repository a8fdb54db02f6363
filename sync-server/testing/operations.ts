import { randomUUID } from 'node:crypto';
import type { Operation } from '#contract/protocol.ts';
import type { TableName } from '#contract/tables/index.ts';

/** An operation as a device would send it now; give what the test is about. */
export const operation = (type: TableName, id: string, given: Partial<Operation> = {}): Operation => ({
  op: randomUUID(),
  type,
  id,
  base: null,
  set: {},
  client_at: new Date().toISOString(),
  ...given,
});
