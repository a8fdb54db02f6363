import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { planted, withSql } from './planting.ts';
import { plants } from './plants.ts';

const read = (file: string): string => readFileSync(path.resolve(import.meta.dirname, '../..', file), 'utf8');

test.each(plants)('the place of $name is there once', (plant) => {
  for (const edit of [...plant.edits, ...withSql(plant)])
    expect(planted(read(edit.file), edit)).not.toBe(read(edit.file));
});

test.each(plants)('$name says when it happens', ({ edits }) => {
  expect(edits.some(({ file, put }) => file.endsWith('.sql') || put.includes('plantFired()'))).toBe(true);
});
