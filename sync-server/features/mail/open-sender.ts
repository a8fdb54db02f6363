import type { Config } from '../../config.ts';
import { resendSender } from './resend.ts';
import type { MailSender } from './sender.ts';
import { smtpSender } from './smtp.ts';

/** The mail service the configuration names, Resend before SMTP; null when there is none, and mails wait. */
export function openSender(config: Config): MailSender | null {
  const perMinute = config.MAIL_PER_MINUTE;
  if (config.RESEND_API_KEY) return resendSender({ key: config.RESEND_API_KEY, url: config.RESEND_URL, perMinute });
  if (!config.SMTP_HOST) return null;
  return smtpSender({
    host: config.SMTP_HOST,
    port: config.SMTP_PORT,
    user: config.SMTP_USER,
    password: config.SMTP_PASSWORD,
    allowPlain: config.SMTP_ALLOW_PLAIN === 'true',
    perMinute,
  });
}

/** Address and name of `Name <address>`; without a name the academy's is used. */
export function readFrom(from: string, company: string): { address: string; name: string } {
  const match = /^([^<]*)<([^>]+)>$/.exec(from.trim());
  if (!match) return { address: from.trim(), name: company };
  return { address: match[2]!.trim(), name: match[1]!.trim().replaceAll('"', '') || company };
}
