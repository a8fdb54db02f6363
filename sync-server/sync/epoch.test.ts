import { expect, test } from 'vitest';
import type { Pool } from '../db/sql.ts';
import { settleEpoch } from './epoch.ts';

test('a history that is settled while somebody writes begins again where it lost against them', async () => {
  const answers = [Object.assign(new Error('deadlock detected'), { code: '40P01' }), null];
  const asked: string[] = [];
  const query = async (text: string): Promise<void> => {
    asked.push(text);
    const error = answers.shift();
    if (error) throw error;
  };
  await settleEpoch({ query } as unknown as Pool);
  expect(asked).toEqual(['select sync_check_epoch()', 'select sync_check_epoch()']);
});
