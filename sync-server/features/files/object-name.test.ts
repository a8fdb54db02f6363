import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOwnPath, parseObjectName } from './object-name.ts';

const student = '0198c5a0-0000-7000-8000-000000000001';
const file = '0198c5a0-0000-7000-8000-0000000000f1';

test('reads bucket, folders, file id and ending', () => {
  expect(parseObjectName('assignment-submissions', `${student}/a1/1/${file}.pdf`)).toEqual({
    bucket: 'assignment-submissions',
    path: `${student}/a1/1/${file}.pdf`,
    folders: [student, 'a1', '1'],
    fileId: file,
    ending: 'pdf',
  });
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
    ['a name of a person instead of an id', `${student}/work.pdf`],
    ['two endings', `${student}/${file}.pdf.exe`],
    ['upper case id', `${student}/${file.toUpperCase()}.pdf`],
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

test('whatever is accepted is made of plain characters only', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', `${student}/`, 'a/b/'), (noise, prefix) => {
      const name = parseObjectName('attachments', `${prefix}${noise}/${file}.pdf`);
      if (name) expect(name.path).toMatch(/^[A-Za-z0-9_/-]+\.pdf$/);
    }),
  );
});

test('own paths start with the own id, pictures lie under avatars', () => {
  const own = (bucket: string, path: string) => isOwnPath(parseObjectName(bucket, path)!, student);
  expect(own('assignment-submissions', `${student}/a/${file}.pdf`)).toBe(true);
  expect(own('student-documents', `${student}/onboarding/q/${file}.pdf`)).toBe(true);
  expect(own('attachments', `avatars/${student}/${file}.png`)).toBe(true);
  expect(own('assignment-submissions', `somebody-else/a/${file}.pdf`)).toBe(false);
  expect(own('attachments', `lessons/${student}/${file}.pdf`)).toBe(false);
  expect(own('attachments', `avatars/somebody-else/${file}.png`)).toBe(false);
  expect(own('company-logos', `${student}/${file}.png`)).toBe(false);
});
