import { billingTemplateKeys, billingTemplates } from './billing-templates.ts';
import { careTemplateKeys, careTemplates } from './care-templates.ts';
import { rewardsTemplateKeys, rewardsTemplates } from './rewards-templates.ts';
import { deskTemplateKeys, deskTemplates } from './desk-templates.ts';
import type { Template } from './template.ts';

/**
 * Every message this program writes to a person, by its key (workflows §8). `{name}` is filled from the fields given;
 * a field that is missing is a mistake and throws.
 */
export const templates = {
  ...billingTemplates,
  ...careTemplates,
  ...rewardsTemplates,
  ...deskTemplates,
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
  lms_suspended: {
    title: 'Your access is limited',
    body: 'It is limited until {until}. Questions? Write to {contact}.',
    email: {
      subject: 'Your access is limited',
      body: 'Hello {name},\n\nyour access to the academy is limited until {until}.\n\nIf you have questions, write to {contact}.',
    },
  },
  lms_activated: {
    title: 'Your access is back',
    body: 'Everything is open to you again.',
    email: {
      subject: 'Your access is back',
      body: 'Hello {name},\n\neverything is open to you again. You can go on where you stopped.',
    },
  },
  student_suspended: {
    title: '{student_name} is suspended',
    body: 'The reason is: {reason}.',
  },
  student_added: {
    title: '{student_name} joined',
    body: '{added_by_name} enrolled {student_name} in {program_name}.',
  },
  delivery_problem: {
    title: 'Mails do not arrive: {template}',
    body: '{problem}',
  },
  mentor_assigned: {
    title: '{mentor} and {student}',
    body: '{mentor} is now the mentor of {student}.',
  },
  low_rating_alert: {
    title: 'Low rating for {lesson}',
    body: '{rating} of 5. {feedback}',
  },
  onboarding_completed: {
    title: '{student_name} has finished onboarding',
    body: 'The answers are on the student’s page.',
  },
  learning_path_ready: {
    title: 'Your learning path is ready',
    body: 'Have a look at the order of your courses, and say whether it suits you.',
  },
  batch_content: {
    title: 'New in your batch: {title}',
    body: '{description}',
  },
  learning_item_changed: {
    title: '{item_title} was {action}',
    body: '{changed_by_name} changed a {item_type}.',
  },
  resource_changed: {
    title: '{title}',
    body: 'This resource was {action}.',
  },
} as const satisfies Record<string, Template>;

export type TemplateName = keyof typeof templates;
export type Fields = Readonly<Record<string, string | number>>;

/** The key under which a message is stored, muted and counted; several texts may belong to one event of workflows §8. */
export const templateKeys = {
  ...billingTemplateKeys,
  ...careTemplateKeys,
  ...rewardsTemplateKeys,
  ...deskTemplateKeys,
  content_unlocked: 'content_unlocked',
  assignment_unlocked: 'assignment_unlocked',
  assignment_submission: 'assignment_submission',
  assignment_approved: 'assignment_reviewed',
  assignment_declined: 'assignment_reviewed',
  assignment_reopened: 'assignment_reviewed',
  assignment_comment: 'assignment_reviewed',
  lms_suspended: 'lms_suspended',
  lms_activated: 'lms_activated',
  student_suspended: 'financial',
  student_added: 'student_added',
  delivery_problem: 'delivery_problem',
  mentor_assigned: 'mentor_assigned',
  low_rating_alert: 'low_rating_alert',
  onboarding_completed: 'onboarding_completed',
  learning_path_ready: 'learning_path_ready',
  batch_content: 'batch_content',
  learning_item_changed: 'learning_item_changed',
  resource_changed: 'resource_changed',
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
