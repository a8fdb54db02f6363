import { expect, test } from 'vitest';
import { Ledger, type Written } from './ledger.ts';

const text = (mark: string, id: string): Omit<Written, 'superseded'> => ({
  mark,
  table: 'lesson_notes',
  id,
  column: 'body',
  device: 'laptop',
  care: 'own text',
});
const owed = (ledger: Ledger): string[] => ledger.owed().map(({ mark }) => mark);

test('a text is owed until somebody who saw it writes over it', () => {
  const ledger = new Ledger();
  ledger.note(text('~1~', 'note'));
  ledger.note(text('~2~', 'note'));
  expect(owed(ledger)).toEqual(['~1~', '~2~']);
  ledger.note(text('~3~', 'note'), 'before: ~1~');
  expect(owed(ledger)).toEqual(['~2~', '~3~']);
});

test('a text that lost and stands in a copy is given up where the copy is changed or deleted', () => {
  const ledger = new Ledger();
  for (const mark of ['~1~', '~2~', '~3~']) ledger.note(text(mark, 'note'));
  ledger.note(text('~4~', 'copy of ~1~'), '~1~');
  ledger.drop('lesson_notes', 'copy of ~2~', '~2~');
  expect(owed(ledger)).toEqual(['~3~', '~4~']);
});
