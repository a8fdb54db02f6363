import { expect, test } from 'vitest';
import { auditCsv, csvCell } from './csv.ts';

test('cells are quoted, and none is a formula', () => {
  expect(csvCell('say "hi"')).toBe('"say ""hi"""');
  expect(csvCell(null)).toBe('""');
  for (const start of ['=', '+', '-', '@', '\t']) expect(csvCell(`${start}cmd|' /C calc'!A0`)).toMatch(/^"'/);
  expect(csvCell({ after: 1 })).toBe('"{""after"":1}"');
});

test('a document has a head and one line per entry', () => {
  const lines = auditCsv([]).split('\r\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^created_at,actor_role/);
});
