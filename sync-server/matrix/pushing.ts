import type { Role } from '#contract/roles.ts';
import { tableNames, type TableName } from '#contract/tables/index.ts';
import { operation } from '../testing/operations.ts';
import { push } from '../testing/sync-client.ts';
import type { Operation } from '#contract/protocol.ts';
import { casesOf } from './cases/index.ts';
import { pokesOf, type Poke } from './pokes.ts';
import type { MatrixStage } from './stage.ts';
import type { Cell, Tally, Verb } from './tally.ts';
import { sortRows } from './writing.ts';

/** Pushes what must be refused, sees that nothing moved, and then pushes each allowed case and sees that it did. */
export async function checkPush(stage: MatrixStage, tally: Tally, table: TableName, role: Role): Promise<void> {
  await pushRefused(stage, tally, table, role, await pokesOf(stage, table, role));
  await pushAllowed(stage, tally, table, role);
}

async function pushRefused(
  stage: MatrixStage,
  tally: Tally,
  table: TableName,
  role: Role,
  pokes: Poke[],
): Promise<void> {
  if (pokes.length === 0) return;
  const client = await stage.client(stage.person(role));
  const before = await stateOf(
    stage,
    table,
    pokes.map(({ op }) => op.id),
  );
  const verdicts = await push(
    client,
    pokes.map(({ op }) => op),
  );
  const after = await stateOf(
    stage,
    table,
    pokes.map(({ op }) => op.id),
  );
  for (const [at, { verb, what, op }] of pokes.entries()) {
    const isUntouched = before.get(op.id) === after.get(op.id);
    tally.mustRefuse({ table, caller: role, verb }, isUntouched, `${what} by push: ${verdicts[at]!.s}`);
  }
}

async function pushAllowed(stage: MatrixStage, tally: Tally, table: TableName, role: Role): Promise<void> {
  const me = stage.person(role);
  const at = { me, stage };
  const client = await stage.client(me);
  const { insert = [], update = [], delete: removal } = casesOf(table);
  const isMine = ({ roles }: { roles: readonly Role[] }) => roles.includes(role);
  const send = async (verb: Verb, op: Operation) => {
    const before = await stateOf(stage, table, [op.id]);
    const [verdict] = await push(client, [op]);
    const after = await stateOf(stage, table, [op.id]);
    const cell: Cell = { table, caller: role, verb };
    const moved = before.get(op.id) !== after.get(op.id);
    tally.mustAllow(cell, verdict!.s === 'ok' && moved, `the case by push: ${JSON.stringify(verdict)}`);
  };
  for (const one of insert.filter(isMine)) {
    const { id, ...set } = await one.row(at);
    await send('insert', operation(table, id, { set }));
  }
  for (const one of update.filter(isMine)) {
    const id = await one.pushed?.(at);
    const rows = await sortRows(stage, table, `(${one.rows}) and not t.is_deleted`, me);
    const row = rows.find((each) => (id ? each.id === id : each.isOwn));
    if (!row) tally.blame(`${table} · ${role} · update: no row to push`);
    else
      await send(
        'update',
        operation(table, row.id, { base: row.row['v'] as string, set: { ...(await one.set(row.row, at)) } }),
      );
  }
  if (removal?.roles.includes(role)) {
    const row = (await sortRows(stage, table, `(${removal.rows}) and not t.is_deleted`, me)).find(({ isOwn }) => isOwn);
    if (!row) tally.blame(`${table} · ${role} · delete: no row to push`);
    else await send('delete', operation(table, row.id, { base: row.row['v'] as string, deleted: true }));
  }
}

/** What stands of these rows, tokens and all. */
async function stateOf(stage: MatrixStage, table: TableName, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await stage.rows<{ id: string; state: string }>(
    `select id, md5(to_jsonb(t)::text) as state from ${table} t where id = any ($1)`,
    [ids],
  );
  return new Map(rows.map(({ id, state }) => [id, state]));
}

/** Nobody pushes nothing. */
export async function checkPushOfNobody(stage: MatrixStage, tally: Tally): Promise<void> {
  for (const table of tableNames) {
    const op = operation(table, crypto.randomUUID());
    const response = await fetch(`${stage.server.url}/sync/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sync-protocol': '1' },
      body: JSON.stringify({ ops: [op, { ...op, base: op.op }, { ...op, deleted: true }] }),
    });
    for (const verb of ['insert', 'update', 'delete'] as const)
      tally.mustRefuse({ table, caller: 'anonymous', verb }, response.status === 401, `push: ${response.status}`);
  }
}
