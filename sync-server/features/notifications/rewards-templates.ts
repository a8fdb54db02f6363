import type { Template } from './template.ts';

/** Milestones, certificates and the use of content (workflows §8). */
export const rewardsTemplates = {
  milestone_celebration: {
    title: '{icon} {name}',
    body: '{celebration_message} {points} points are yours.',
  },
  certificate_issued: {
    title: 'Your certificate is here',
    body: '{title}, number {number}.',
    email: {
      subject: 'Your certificate for {title}',
      body: 'You have earned the certificate {number} for {title}. You find it under Certificates.',
    },
  },
  certificate_revoked: {
    title: 'A certificate was revoked',
    body: '{title}, number {number}, is no longer valid.',
    email: {
      subject: 'Your certificate {number} was revoked',
      body: 'The certificate {number} for {title} is no longer valid. Please write to us if you have questions.',
    },
  },
  certificate_recommended: {
    title: '{mentor} recommends {student_name}',
    body: 'For the certificate {title}. {note}',
  },
  content_warning: {
    title: 'About the use of our lessons',
    body: '{note}',
    email: { subject: 'About the use of our lessons', body: '{note}' },
  },
} as const satisfies Record<string, Template>;

export const rewardsTemplateKeys = {
  milestone_celebration: 'milestone_celebration',
  certificate_issued: 'certificate_issued',
  certificate_revoked: 'certificate_revoked',
  certificate_recommended: 'certificate_recommended',
  content_warning: 'content_warning',
} as const satisfies Record<keyof typeof rewardsTemplates, string>;
