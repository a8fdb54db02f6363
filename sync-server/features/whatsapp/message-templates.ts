/**
 * The templates that Meta has approved for the academy, with the fields of a queued message that fill their places in order
 * (workflows 5.2). The first name that the payload has is taken.
 */
export const messageTemplates: Readonly<Record<string, readonly (readonly string[])[]>> = {
  recovery_first: [['name'], ['days'], ['last_lesson'], ['support']],
  recovery_second: [['name'], ['days'], ['last_lesson'], ['support']],
  recovery_final: [['name'], ['days'], ['last_lesson'], ['support']],
  submission_approved: [['name'], ['assignment'], ['next_lesson', 'next']],
  submission_declined: [['name'], ['assignment'], ['feedback']],
  invoice_overdue: [['name'], ['installment'], ['payable', 'amount'], ['due_date', 'date']],
  session_reminder: [['name'], ['title'], ['time']],
};

/** Meta refuses line breaks, tabs, more than four spaces in a row, empty places and more than 1,024 characters. */
export const parameterText = (value: unknown): string =>
  String(value ?? '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/ {5,}/g, ' ')
    .trim()
    .slice(0, 1024) || '–';

/** The texts of a template's places; null for a template nobody registered. */
export function fillPlaces(template: string, payload: Readonly<Record<string, unknown>>): string[] | null {
  const places = Object.hasOwn(messageTemplates, template) ? messageTemplates[template] : undefined;
  if (!places) return null;
  return places.map((names) => parameterText(payload[names.find((name) => payload[name] !== undefined) ?? '']));
}
