import type { MailTemplate } from './account-templates.ts';

export type Words = Readonly<Record<string, string>>;

export type Draft = { subject: string; text: string };

/**
 * Fills a template. Values are taken as they are, once: braces inside a value mean nothing. A name without a value is left out.
 * The subject is one line whatever is in a value.
 */
export function fillMail({ subject, body }: MailTemplate, words: Words): Draft {
  const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => words[name] ?? '');
  return { subject: oneLine(fill(subject)), text: fill(body).trim() };
}

export const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200);

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => escapes[sign]!);

/** The text as a simple page: everything escaped, paragraphs kept, and the mail's own link the only one. */
export function toHtml(text: string, { company, link }: { company: string; link?: string }): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => `<p>${lines(paragraph, link)}</p>`);
  return `<!doctype html><html><body style="font-family:sans-serif;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em">
${paragraphs.join('\n')}
<p style="color:#666">${escapeHtml(company)}</p>
</body></html>`;
}

function lines(paragraph: string, link: string | undefined): string {
  const html = escapeHtml(paragraph).replaceAll('\n', '<br>');
  if (link === undefined) return html;
  const shown = escapeHtml(link);
  return html.replaceAll(shown, `<a href="${shown}">${shown}</a>`);
}
