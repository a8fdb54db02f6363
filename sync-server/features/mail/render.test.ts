import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountTemplates } from './account-templates.ts';
import { fillMail, toHtml } from './render.ts';

test('values are taken once, as they are; unknown names vanish', () => {
  const filled = fillMail({ subject: 'Hi {name}', body: '{name} {other}!' }, { name: '{company}', company: 'never' });
  expect(filled).toEqual({ subject: 'Hi {company}', text: '{company} !' });
});

test('no value makes a second line of a subject', () => {
  const { subject } = fillMail({ subject: 'Hi {name}', body: '' }, { name: 'x\r\nBcc: all@example.test\u2028y' });
  expect(subject).toBe('Hi x Bcc: all@example.test y');
});

test('a page holds no tag that was in a value, and links only to the link of the mail', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const { text } = fillMail(
        { subject: '', body: 'Hello {name}\n\n{link}' },
        { name: `<b a="${value}">`, link: 'https://a.test/?x=1&y=2' },
      );
      const html = toHtml(text, { company: value, link: 'https://a.test/?x=1&y=2' });
      expect(html.match(/<(?!\/?(p|a|br|html|body|!doctype)\b)[a-z!/]/gi)).toBeNull();
      expect(html.match(/<a /g)).toHaveLength(1);
      expect(html).toContain('href="https://a.test/?x=1&amp;y=2"');
    }),
  );
});

test('every shipped mail says its name, and asks only for words that somebody gives', () => {
  const given = new Set(
    'company contact name link hours code minutes login_email student_number new_email old new label remaining time'.split(
      ' ',
    ),
  );
  for (const [key, { subject, body }] of Object.entries(accountTemplates)) {
    const asked = [...`${subject} ${body}`.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    expect([key, asked.filter((name) => !given.has(name))]).toEqual([key, []]);
  }
});
