import type { Template } from './template.ts';

/** What is written about and to students who may be lost (workflows §8). */
export const careTemplates = {
  at_risk_student_alert: {
    title: '{student_name} needs you',
    body: '{student_name} {reasons}.',
  },
  recovery_first: {
    title: 'Your next lesson is waiting',
    body: 'You stopped at {last_lesson}.',
    email: {
      subject: '{name}, your next lesson is waiting',
      body: 'Hello {name},\n\nwe have not seen you for {days} days. You stopped at {last_lesson}.\n\nIf something is in the way, write to {support}.',
    },
    whatsapp: 'recovery_first',
  },
  recovery_second: {
    title: 'Can we help?',
    body: 'You stopped at {last_lesson}.',
    email: {
      subject: '{name}, can we help?',
      body: 'Hello {name},\n\nit is {days} days since you were here. You stopped at {last_lesson}, and ten minutes are enough to begin again.\n\nWrite to {support} if we can help.',
    },
    whatsapp: 'recovery_second',
  },
  recovery_final: {
    title: 'We miss you',
    body: 'You stopped at {last_lesson}.',
    email: {
      subject: '{name}, we miss you',
      body: 'Hello {name},\n\nit is {days} days since you were here. This is our last letter; {last_lesson} stays open to you.\n\n{support} is glad to hear from you.',
    },
    whatsapp: 'recovery_final',
  },
  recovery_escalation: {
    title: '{student_name} does not answer',
    body: 'Silent for {days} days, two weeks after our first message.',
  },
  student_churned: {
    title: '{student_name} is lost',
    body: 'Silent for {days} days and three messages.',
  },
} as const satisfies Record<string, Template>;

export const careTemplateKeys = {
  at_risk_student_alert: 'at_risk_student_alert',
  recovery_first: 'recovery_reminder',
  recovery_second: 'recovery_reminder',
  recovery_final: 'recovery_reminder',
  recovery_escalation: 'recovery_escalation',
  student_churned: 'student_churned',
} as const satisfies Record<keyof typeof careTemplates, string>;
