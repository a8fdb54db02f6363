import { afterAll, beforeAll } from 'vitest';
import type { OperationVerdict } from '#contract/protocol.ts';
import type { TableName } from '#contract/tables/index.ts';
import type { Client } from '../testing/api-client.ts';
import { operation } from '../testing/operations.ts';
import { createSubmission } from '../testing/people.ts';
import { e2eIds, openStage, type Stage } from './stage.fixture.ts';

/** What a person would write to get more than is theirs: an approval, a lesson, a role, another's row. */

export let stage: Stage;
export let ayesha: Client;
export let bilal: Client;
export let hamid: Client;
export let omar: Client;
export let own: string;
export let zains: string;
export const now = () => new Date().toISOString();
export const refusals = (verdicts: OperationVerdict[]) =>
  verdicts.map((one) => (one.s === 'refused' ? one.code : one.s));
const tokenOf = async (table: TableName, id: string) =>
  (await stage.rows<{ v: string }>(`select v from ${table} where id = $1`, [id]))[0]!.v;
/** The write with a base that is right, as an attacker who has the row would send it, and with none. */
export const writes = async (table: TableName, id: string, set: Record<string, unknown>) => [
  operation(table, id, { set }),
  operation(table, id, { set, base: await tokenOf(table, id) }),
];

/** Opens all this before the tests of a file, and closes it after them. */
export function openRightsForTests(): void {
  beforeAll(async () => {
    stage = await openStage();
    [ayesha, bilal, hamid, omar] = [
      await stage.signIn('ayesha'),
      await stage.signIn('bilal'),
      await stage.signIn('hamid'),
      await stage.signIn('omar'),
    ];
    own = await createSubmission(stage.database.server, ayesha.userId, e2eIds.w1);
    zains = await createSubmission(stage.database.server, stage.zain.id, e2eIds.w1, { content: 'Zain’s own plan' });
  });
  afterAll(() => stage.close());
}
