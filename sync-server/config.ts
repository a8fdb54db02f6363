import { z } from 'zod';

/** An empty variable means "not set": that is what compose files and unit files leave behind. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
const withDefault = <T extends z.ZodType>(schema: T, value: string) => z.preprocess((given) => given || value, schema);

const configSchema = z.object({
  /** Owner login of the database; migrates, runs jobs and the server's own bookkeeping. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
  /** Login that serves people. Left out: role `growth_api`, with a password derived from a secret in the database. */
  API_DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' })),
  HOST: withDefault(z.string(), '127.0.0.1'),
  PORT: withDefault(z.coerce.number().int().min(0).max(65_535), '4400'),
  /** Address under which people reach the server (behind a proxy); left out: the address it listens on. */
  PUBLIC_URL: optional(z.url({ protocol: /^https?$/ })),
  /** Uploaded files and lesson media. */
  FILES_DIR: withDefault(z.string(), '.data/files'),
  /** An S3 service that keeps finished files instead of `FILES_DIR`; with it the bucket and both keys must be set. */
  S3_ENDPOINT: optional(z.url({ protocol: /^https?$/ })),
  /** Left out: us-east-1, which services without regions accept. */
  S3_REGION: optional(z.string().regex(/^[a-z0-9-]+$/)),
  S3_BUCKET: optional(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')),
  S3_ACCESS_KEY_ID: optional(z.string()),
  S3_SECRET_ACCESS_KEY: optional(z.string()),
  /** A Supabase project that keeps accounts and finished files; the key is its secret (service role) key. Both or neither. */
  SUPABASE_URL: optional(z.url({ protocol: /^https?$/ })),
  SUPABASE_SERVICE_KEY: optional(z.string().regex(/^[\x21-\x7e]+$/, 'must be the secret key of the project')),
  /** Whom tokens of the project name as their issuer; left out: `SUPABASE_URL` with `/auth/v1`. */
  SUPABASE_ISSUER: optional(z.string()),
  /** Private bucket of the project for our files; made at the start where it is missing. */
  SUPABASE_BUCKET: withDefault(
    z.string().regex(/^[a-z0-9][a-z0-9._-]{1,62}$/, 'must be the name of a bucket'),
    'growth-os',
  ),
  /** After so many seconds in use a session of the project is asked for again, so that one ended there ends here. */
  SUPABASE_RECHECK_SECONDS: withDefault(z.coerce.number().int().min(1).max(300), '30'),
  /** `host:port` of a clamd that looks at uploads (INSTREAM); left out: nothing is scanned. */
  CLAMD_ADDRESS: optional(z.string().regex(/^[^\s:]+:\d{1,5}$/, 'must be host:port')),
  /** Who mails are from, `Academy <office@academy.example>`; needed with either mail service below. */
  MAIL_FROM: optional(
    z
      .string()
      .regex(/^(?:[^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, 'must be an address, or Name <address>'),
  ),
  /** Mails a minute at most, all processes of a kind together are the service's business. */
  MAIL_PER_MINUTE: withDefault(z.coerce.number().int().min(1).max(60_000), '100'),
  /** Key of Resend, which is used before SMTP. */
  RESEND_API_KEY: optional(z.string()),
  RESEND_URL: withDefault(z.url({ protocol: /^https?$/ }), 'https://api.resend.com'),
  /** `whsec_…`: checks what Resend reports to /webhooks/resend; left out: that address is not served. */
  RESEND_WEBHOOK_SECRET: optional(z.string().regex(/^whsec_[A-Za-z0-9+/=]+$/, 'must begin with whsec_')),
  SMTP_HOST: optional(z.string()),
  /** 465 speaks TLS at once, others by STARTTLS. */
  SMTP_PORT: withDefault(z.coerce.number().int().min(1).max(65_535), '587'),
  SMTP_USER: optional(z.string()),
  SMTP_PASSWORD: optional(z.string()),
  /** `true`: mail may leave without TLS; for a relay on this machine only. */
  SMTP_ALLOW_PLAIN: optional(z.enum(['true', 'false'])),
  /** WhatsApp Business Cloud: the number's id and a system user's token; without them messages wait. */
  WHATSAPP_PHONE_NUMBER_ID: optional(z.string().regex(/^\d{5,30}$/, 'must be digits')),
  WHATSAPP_TOKEN: optional(z.string()),
  WHATSAPP_URL: withDefault(z.url({ protocol: /^https?$/ }), 'https://graph.facebook.com'),
  WHATSAPP_VERSION: withDefault(z.string().regex(/^v\d+\.\d+$/, 'must be a version such as v21.0'), 'v21.0'),
  /** Both are needed for /webhooks/whatsapp: what signs its reports, and what answers its handshake. */
  WHATSAPP_APP_SECRET: optional(z.string()),
  WHATSAPP_VERIFY_TOKEN: optional(z.string()),
  /** The built web edition; served when the folder holds an index.html. */
  WEB_DIR: withDefault(z.string(), 'out/renderer'),
  LOG_LEVEL: withDefault(z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']), 'info'),
  /** SHA-256 (hex) of the operators' service key; left out: there is no such key. */
  SERVICE_KEY_HASH: optional(z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')),
  /** Seals secrets that must be read again (second factors), 64 hex digits; left out: `secrets.key` in FILES_DIR. */
  SECRETS_KEY: optional(z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')),
  /** Connections this process may hold for people and for itself. */
  DATABASE_POOL_SIZE: withDefault(z.coerce.number().int().min(2).max(200), '20'),
  /** `host:port` where this process shows its metrics and health to operators; left out: nowhere. */
  METRICS_ADDRESS: optional(z.string().regex(/^[^\s:]+:\d{1,5}$/, 'must be host:port')),
  /** Bearer token for the metrics; needed where METRICS_ADDRESS is not this machine. */
  METRICS_KEY: optional(z.string().min(16, 'must have at least 16 characters')),
  /** Seconds between the word that this process stops taking people (readiness) and its stop, so that balancers hear it. */
  DRAIN_SECONDS: withDefault(z.coerce.number().min(0).max(300), '0'),
  /** Proxies in front whose X-Forwarded-For counts, nearest first (0 = none). */
  TRUSTED_PROXIES: withDefault(z.coerce.number().int().min(0).max(10), '0'),
});

/** What the server is told from outside, checked once at start. */
export type Config = z.infer<typeof configSchema>;

/** Reads the settings; throws one plain sentence that names every wrong variable. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = configSchema.safeParse(env);
  const faults = parsed.success
    ? [
        ...missingForS3(parsed.data),
        ...faultsOfProject(parsed.data),
        ...missingForMail(parsed.data),
        ...missingForMetrics(parsed.data),
      ]
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${describeFault(issue)}`);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new Error(`The configuration is wrong: ${faults.join('; ')}.`);
}

/** Files must not land on this machine because one of five settings was forgotten. */
function missingForS3(config: Config): string[] {
  const belongTogether = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  const missing = belongTogether.filter((name) => config[name] === undefined);
  return missing.length === belongTogether.length ? [] : missing.map((name) => `${name} is missing`);
}

/** Half a project would keep accounts in one house and their keys in another. */
function faultsOfProject(config: Config): string[] {
  const { SUPABASE_URL, SUPABASE_SERVICE_KEY, S3_ENDPOINT } = config;
  if (!SUPABASE_URL) {
    const strays = ['SUPABASE_SERVICE_KEY', 'SUPABASE_ISSUER'] as const;
    return strays.filter((name) => config[name] !== undefined).map((name) => `${name} needs SUPABASE_URL`);
  }
  return [
    ...(SUPABASE_SERVICE_KEY ? [] : ['SUPABASE_SERVICE_KEY is missing']),
    ...(S3_ENDPOINT ? ['SUPABASE_URL and S3_ENDPOINT both say where files lie: set one'] : []),
    ...(SUPABASE_URL === config.PUBLIC_URL ? ['SUPABASE_URL is the address of this server itself'] : []),
  ];
}

/** Without a sender no service takes a mail. */
const missingForMail = ({ RESEND_API_KEY, SMTP_HOST, MAIL_FROM }: Config): string[] =>
  (RESEND_API_KEY ?? SMTP_HOST) && !MAIL_FROM ? ['MAIL_FROM is missing'] : [];

const ownMachine = new Set(['127.0.0.1', 'localhost']);

/** Numbers about everybody are not for whoever finds the port. */
const missingForMetrics = ({ METRICS_ADDRESS, METRICS_KEY }: Config): string[] =>
  METRICS_ADDRESS && !METRICS_KEY && !ownMachine.has(METRICS_ADDRESS.slice(0, METRICS_ADDRESS.lastIndexOf(':')))
    ? ['METRICS_KEY is missing']
    : [];

function describeFault(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' && issue.input === undefined ? 'is missing' : issue.message;
}

/** The process's own environment: the only place that reads it. */
export const environment = (): Record<string, string | undefined> => process.env;
