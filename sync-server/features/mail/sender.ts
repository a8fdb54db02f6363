/** A mail as it leaves: both forms of the text, and what belongs to it. */
export type OutgoingMail = {
  /** The row's id: the same mail has the same one, however often it is tried. */
  id: string;
  /** Differs where the text differs from the last try, because it carries a fresh secret. */
  idempotencyKey: string;
  to: { address: string; name: string };
  cc: readonly string[];
  subject: string;
  text: string;
  html: string;
  attachments: readonly { name: string; mime: string; content: Buffer }[];
  template: string;
};

/**
 * Why a mail did not leave.
 * - `retry`: later.
 * - `refused`: never, whoever tries.
 * - `bounced`: never, because the address takes no mail.
 * - `misconfigured`: nothing can leave until an operator has changed something.
 * - `paused`: nothing can leave before `until`.
 */
export type FailureKind = 'retry' | 'refused' | 'bounced' | 'misconfigured' | 'paused';

/** Thrown by senders; the message goes into the queue's row, so it never holds a secret. */
export class MailFailure extends Error {
  readonly kind: FailureKind;
  readonly until: Date | null;

  constructor(
    kind: FailureKind,
    message: string,
    { until = null, cause }: { until?: Date | null; cause?: unknown } = {},
  ) {
    super(message.slice(0, 500), { cause });
    this.name = 'MailFailure';
    this.kind = kind;
    this.until = until;
  }
}

/** A mail service. */
export type MailSender = {
  name: 'resend' | 'smtp';
  /** Least time between two mails, in milliseconds. */
  pause: number;
  /** Answers the service's id of the mail. Throws `MailFailure`. */
  send(mail: OutgoingMail, from: { address: string; name: string }): Promise<string>;
  close(): void;
};
