import { billingTemplateKeys, billingTemplates } from './billing-templates.ts';
import type { Template } from './template.ts';

/**
 * Every message this program writes to a person, by its key (workflows §8). `{name}` is filled from the fields given;
 * a field that is missing is a mistake and throws.
 */
export const templates = {
  ...billingTemplates,
  content_unlocked: {
    title: '{lesson} is open',
    body: 'You can watch it now.',
  },
  assignment_unlocked: {
    title: 'New work: {assignment}',
    body: 'It belongs to the lesson {lesson}.',
  },
  assignment_submission: {
    title: '{student_name} handed in {assignment}',
    body: 'It is waiting in your review queue.',
  },
  assignment_approved: {
    title: '{assignment} is approved',
    body: '{reviewer} approved your work. {feedback}',
    email: {
      subject: '{assignment} is approved',
      body: 'Hello {name},\n\n{reviewer} approved your work on {assignment}.\n\n{feedback}\n\n{next}',
    },
    whatsapp: 'submission_approved',
  },
  assignment_declined: {
    title: '{assignment} needs changes',
    body: '{reviewer} wrote: {feedback}',
    email: {
      subject: '{assignment} needs changes',
      body: 'Hello {name},\n\n{reviewer} read your work on {assignment} and asks for changes:\n\n{feedback}\n\nOpen the assignment to revise it and hand it in again.',
    },
    whatsapp: 'submission_declined',
  },
  assignment_reopened: {
    title: '{assignment} is in review again',
    body: '{reviewer} took the decision back and will look at it once more.',
  },
  assignment_comment: {
    title: '{reviewer} wrote about {assignment}',
    body: '{feedback}',
  },
  low_rating_alert: {
    title: 'Low rating for {lesson}',
    body: '{rating} of 5. {feedback}',
  },
} as const satisfies Record<string, Template>;

export type TemplateName = keyof typeof templates;
export type Fields = Readonly<Record<string, string | number>>;

/** The key under which a message is stored, muted and counted; several texts may belong to one event of workflows §8. */
export const templateKeys = {
  ...billingTemplateKeys,
  content_unlocked: 'content_unlocked',
  assignment_unlocked: 'assignment_unlocked',
  assignment_submission: 'assignment_submission',
  assignment_approved: 'assignment_reviewed',
  assignment_declined: 'assignment_reviewed',
  assignment_reopened: 'assignment_reviewed',
  assignment_comment: 'assignment_reviewed',
  low_rating_alert: 'low_rating_alert',
} as const satisfies Record<TemplateName, string>;

/** Puts the fields into a text. Plain text: whoever shows it as HTML escapes it there. */
export const fill = (text: string, fields: Fields): string =>
  text
    .replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = fields[name];
      if (value === undefined) throw new Error(`no value for {${name}}`);
      return String(value);
    })
    .trim();
