import { expect, test } from 'vitest';
import { tables } from '#contract/tables/index.ts';
import { edits } from './index.ts';

test('the simulator makes every write that a device may make', () => {
  const made = new Set(edits.map(({ table, verb }) => `${table} ${verb}`));
  const allowed = Object.values(tables).flatMap(({ name, device }) =>
    (['insert', 'update', 'delete'] as const).filter((verb) => device[verb]).map((verb) => `${name} ${verb}`),
  );
  expect(allowed.length).toBeGreaterThan(30);
  expect([...made].toSorted()).toEqual(allowed.toSorted());
});
