/** A mail's words: `{name}` is filled from its payload and from what every mail knows (company, contact). */
export type MailTemplate = { subject: string; body: string };

/** Mails that are written when they are sent. What staff put into `notification_templates` (channel email) goes before these. */
export const accountTemplates: Readonly<Record<string, MailTemplate>> = {
  student_welcome: {
    subject: 'Welcome to {company}',
    body: 'Hello {name},\n\nyour account at {company} is ready. Your student number is {student_number}.\n\nChoose your password here, within {hours} hours:\n\n{link}\n\nAfter that you sign in with {login_email}.\n\nQuestions? Write to {contact}.',
  },
  team_welcome: {
    subject: 'Your account at {company}',
    body: 'Hello {name},\n\nyou are now part of the team of {company}.\n\nChoose your password here, within {hours} hours:\n\n{link}\n\nAfter that you sign in with {login_email}.',
  },
  invite: {
    subject: 'Your account at {company}',
    body: 'Hello {name},\n\nan account was made for you at {company}.\n\nChoose your password here, within {hours} hours:\n\n{link}',
  },
  password_reset: {
    subject: 'Choose a new password',
    body: 'Hello {name},\n\nchoose a new password here, within {hours} hours:\n\n{link}\n\nIf you did not ask for this, you need not do anything: your password stays as it is.',
  },
  password_changed: {
    subject: 'Your password was changed',
    body: 'Hello {name},\n\nthe password of your account at {company} was changed, and all other devices were signed out.\n\nIf that was not you, write to {contact} at once.',
  },
  email_change_current: {
    subject: 'Do you want to change your e-mail address?',
    body: 'Hello {name},\n\nsomebody who is signed in as you asked to change your address to {new_email}. If that is what you want, say so here, within {hours} hours:\n\n{link}\n\nIf not, write to {contact}.',
  },
  email_change_new: {
    subject: 'Confirm this e-mail address',
    body: 'Hello {name},\n\nthis address was given for your account at {company}. Confirm it here, within {hours} hours:\n\n{link}',
  },
  email_changed: {
    subject: 'Your e-mail address was changed',
    body: 'Hello {name},\n\nthe address of your account at {company} was changed from {old} to {new}.\n\nIf you do not know why, write to {contact}.',
  },
  reauthentication: {
    subject: '{code} is your code',
    body: 'Hello {name},\n\nyour code is {code}. It works for {minutes} minutes.\n\nGive it to nobody; we never ask for it.',
  },
  mfa_enrolled: {
    subject: 'A second step was added to your account',
    body: 'Hello {name},\n\n{label} now guards your account at {company} as a second step.\n\nIf that was not you, write to {contact} at once.',
  },
  mfa_removed: {
    subject: 'A second step was taken off your account',
    body: 'Hello {name},\n\n{label} no longer guards your account at {company}.\n\nIf that was not you, write to {contact} at once.',
  },
  recovery_code_used: {
    subject: 'A recovery code was used',
    body: 'Hello {name},\n\none of your recovery codes was used to sign in. {remaining} are left.\n\nIf that was not you, write to {contact} at once.',
  },
  new_device: {
    subject: 'A new device signed in',
    body: 'Hello {name},\n\n{label} signed in to your account at {company} ({time}).\n\nIf that was not you, change your password and sign that device out.',
  },
};
