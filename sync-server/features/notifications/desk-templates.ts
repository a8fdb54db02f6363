import type { Template } from './template.ts';

/** What is written to people about sessions, tickets, conversations and the Success Partner (workflows §8). */
export const deskTemplates = {
  ticket_opened: {
    title: 'New ticket {number}',
    body: '{student_name}: {title}',
  },
  ticket_created: {
    title: 'New ticket {number}',
    body: '{student_name}: {title}',
    email: {
      subject: 'New ticket {number}: {title}',
      body: '{student_name} opened ticket {number} with priority {priority}.\n\n{title}\n\nPlease answer by {due}.',
    },
  },
  ticket_answered: {
    title: '{author} answered in {number}',
    body: '{excerpt}',
  },
  ticket_replied: {
    title: '{author} answered in {number}',
    body: '{excerpt}',
    email: {
      subject: 'Ticket {number}: {title}',
      body: '{author} wrote:\n\n{excerpt}\n\nOpen the ticket to read on or to answer.',
    },
  },
  ticket_moved: {
    title: 'Ticket {number} is {status}',
    body: '{title}',
  },
  ticket_resolved: {
    title: 'Ticket {number} is resolved',
    body: '{title}',
    email: {
      subject: 'Ticket {number} is resolved',
      body: 'Your ticket {number} ({title}) is resolved.\n\n{note}\n\nIf something is still open, answer within {days} days and it goes on.',
    },
  },
  ticket_given: {
    title: 'Ticket {number} is yours now',
    body: '{student_name}: {title}',
  },
  ticket_overdue: {
    title: 'Ticket {number} waits for an answer',
    body: '{student_name}: {title}',
  },
  session_news: {
    title: '{title}',
    body: '{action}',
  },
  session_reminder: {
    title: '{title} {label}',
    body: '{time}',
    email: {
      subject: '{title} {label}',
      body: '{title} begins {label} ({time}).\n\nOpen the app to join.',
    },
  },
  message_received: {
    title: '{from} wrote to you',
    body: '{excerpt}',
  },
  sp_credits_reset: {
    title: 'You can ask the Success Partner again',
    body: '{limit} questions today.',
  },
} as const satisfies Record<string, Template>;

/** The key each is stored, muted and counted under. */
export const deskTemplateKeys = {
  ticket_opened: 'ticket_updated',
  ticket_created: 'ticket_created',
  ticket_answered: 'ticket_updated',
  ticket_replied: 'ticket_replied',
  ticket_moved: 'ticket_updated',
  ticket_resolved: 'ticket_resolved',
  ticket_given: 'ticket_updated',
  ticket_overdue: 'ticket_overdue',
  session_news: 'success_session',
  session_reminder: 'session_reminder',
  message_received: 'message_received',
  sp_credits_reset: 'sp_credits_reset',
} as const satisfies Record<keyof typeof deskTemplates, string>;
