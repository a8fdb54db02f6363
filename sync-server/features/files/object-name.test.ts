import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseObjectName, readObjectName } from './object-name.ts';

const student = '0198c5a0-0000-7000-8000-000000000001';
const file = '0198c5a0-0000-7000-8000-0000000000f1';

test('reads bucket, folders, file id and ending', () => {
  expect(parseObjectName('assignment-submissions', `${student}/a1/1/${file}.pdf`)).toEqual({
    bucket: 'assignment-submissions',
    path: `${student}/a1/1/${file}.pdf`,
    folders: [student, 'a1', '1'],
    name: `${file}.pdf`,
    fileId: file,
    ending: 'pdf',
  });
});

test.each([
  [`${student}/work.pdf`, 'pdf'],
  [`${student}/my plan (2), final.v3.PDF`, 'pdf'],
  [`${student}/${file}.pdf.exe`, 'exe'],
  [`${student}/${file.toUpperCase()}.pdf`, 'pdf'],
])('a name that is no id names no row: %s', (path, ending) => {
  expect(parseObjectName('attachments', path)).toMatchObject({ path, fileId: null, ending });
});

describe('path tricks are refused', () => {
  test.each([
    ['parent folder', `${student}/../other/${file}.pdf`],
    ['parent folder at the front', `../${student}/${file}.pdf`],
    ['own folder', `${student}/./${file}.pdf`],
    ['encoded parent folder', `${student}/%2e%2e/${file}.pdf`],
    ['encoded slash', `${student}%2f${file}.pdf`],
    ['absolute', `/${student}/${file}.pdf`],
    ['absolute on another system', `C:\\${student}\\${file}.pdf`],
    ['backslash', `${student}\\..\\${file}.pdf`],
    ['NUL', `${student}/${file}.pdf\0.png`],
    ['NUL in a folder', `${student}\0/${file}.pdf`],
    ['empty part', `${student}//${file}.pdf`],
    ['no folder', `${file}.pdf`],
    ['hidden file', `${student}/.pdf`],
    ['dots in pairs', `${student}/a..pdf`],
    ['a slash of another alphabet', `${student}/a\uff0fb.pdf`],
    ['letters that turn the direction', `${student}/a\u202efdp.exe`],
    ['letters that look alike', `${student}/\u0430.pdf`],
    ['semicolon', `${student}/a;b.pdf`],
    ['question mark', `${student}/a?b.pdf`],
    ['no ending', `${student}/a`],
    ['line break', `${student}/${file}.pdf\n`],
    ['too deep', `a/b/c/d/e/f/${file}.pdf`],
    ['too long', `${student}/${'a'.repeat(400)}/${file}.pdf`],
    ['trailing slash', `${student}/${file}.pdf/`],
  ])('%s', (_what, path) => {
    expect(parseObjectName('assignment-submissions', path)).toBeNull();
  });

  test.each(['lesson-media', 'secrets', '..', '', '__proto__', null, 7])('bucket %s', (bucket) => {
    expect(parseObjectName(bucket, `${student}/${file}.pdf`)).toBeNull();
  });
});

/** Any UTF-16 at all, lone halves of pairs included. */
const anyText = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

test('whatever is accepted is made of plain characters only', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('', `${student}/`, 'a/b/'), (noise, prefix) => {
      const name = parseObjectName('attachments', `${prefix}${noise}/${file}.pdf`);
      if (name) expect(name.path).toMatch(/^[A-Za-z0-9_/-]+\.pdf$/);
    }),
  );
});

test('a caller hears whether the bucket or the name is wrong', () => {
  expect(() => readObjectName('secrets', `${student}/${file}.pdf`)).toThrow('Bucket not found');
  expect(() => readObjectName('attachments', '../x.pdf')).toThrow('Invalid key');
});
