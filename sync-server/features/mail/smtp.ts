import { createTransport } from 'nodemailer';
import { MailFailure, type MailSender } from './sender.ts';

export type SmtpSettings = {
  host: string;
  port: number;
  user: string | undefined;
  password: string | undefined;
  /** Without TLS, where the server offers none. */
  allowPlain: boolean;
  perMinute: number;
};

/** Any SMTP server (workflows 5.1): TLS at once on 465, else STARTTLS, which is required unless plain was allowed. */
export function smtpSender({ host, port, user, password, allowPlain, perMinute }: SmtpSettings): MailSender {
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    requireTLS: !allowPlain,
    // Somebody who allows plain mail allows a certificate nobody signed as well.
    tls: { rejectUnauthorized: !allowPlain },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    pool: true,
    maxConnections: 3,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'smtp',
    pause: Math.floor(60_000 / perMinute),
    close: () => transport.close(),
    async send(mail, from) {
      const messageId = `<${mail.id}@${from.address.split('@')[1]}>`;
      try {
        await transport.sendMail({
          messageId,
          from,
          to: mail.to,
          cc: [...mail.cc],
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          attachments: mail.attachments.map(({ name, mime, content }) => ({
            filename: name,
            contentType: mime,
            content,
          })),
        });
        return messageId;
      } catch (cause) {
        throw failureOf(cause as SmtpError);
      }
    },
  };
}

type SmtpError = Error & { code?: string; responseCode?: number; command?: string; response?: string };

/** Codes by which a server says that there is no such mailbox; others at RCPT are about this mail or about us. */
const noMailbox = new Set([550, 551, 553]);

function failureOf(error: SmtpError): MailFailure {
  const { responseCode = 0, command = '', code } = error;
  // The whole answer of the server may quote the address; it stays in the row, which staff read.
  const said = `SMTP ${responseCode || (code ?? '')} ${command}: ${error.response ?? error.message}`;
  if (code === 'EAUTH' || command.startsWith('AUTH')) {
    // 4xx at AUTH is a server that is busy, not a wrong password.
    return new MailFailure(responseCode >= 400 && responseCode < 500 ? 'retry' : 'misconfigured', said, {
      cause: error,
    });
  }
  if (code === 'ETLS') return new MailFailure('misconfigured', said, { cause: error });
  if (responseCode >= 500) {
    const bounced = command.startsWith('RCPT') && noMailbox.has(responseCode);
    return new MailFailure(bounced ? 'bounced' : 'refused', said, { cause: error });
  }
  if (code === 'EENVELOPE' && responseCode === 0) return new MailFailure('refused', said, { cause: error });
  return new MailFailure('retry', said, { cause: error });
}
