import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { readStudentRows } from './student-rows.ts';

const sana = { full_name: 'Sana Iqbal', email: 'sana@new.test', phone: '+92 300 1234567' };

test.each([
  ['commas, with headings in any order', `phone,Full name,E-mail\n${sana.phone},${sana.full_name},${sana.email}`, 2],
  ['tabs, without headings', `${sana.full_name}\t${sana.email}\t${sana.phone}`, 1],
  ['bars, in another order', `${sana.email} | ${sana.phone} | ${sana.full_name}`, 1],
  [
    'semicolons and lines of another system',
    `\r\nname;email;mobile\r\n\r\n${sana.full_name};${sana.email};${sana.phone}\r\n`,
    4,
  ],
])('%s', (_, text, row) => {
  expect(readStudentRows(text)).toEqual([{ row, ...sana }]);
});

test('quotes keep a separator in a name', () => {
  expect(readStudentRows('"Iqbal, ""Sunny"" Sana",sana@new.test')).toEqual([
    { row: 1, full_name: 'Iqbal, "Sunny" Sana', email: 'sana@new.test', phone: '' },
  ]);
});

test('what is missing stays empty, and is for the rules to judge', () => {
  expect(readStudentRows('Sana Iqbal\n\nsana@new.test,')).toEqual([
    { row: 1, full_name: 'Sana Iqbal', email: '', phone: '' },
    { row: 3, full_name: '', email: 'sana@new.test', phone: '' },
  ]);
  expect(readStudentRows('  \n')).toEqual([]);
});

property.prop([fc.string()])('any text is read without an error, one row for each line at most', (text) => {
  expect(readStudentRows(text).length).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length);
});
