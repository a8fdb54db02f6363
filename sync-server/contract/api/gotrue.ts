import { z } from 'zod';
import { instant } from '../columns.ts';

/** A second factor as supabase-js lists it; its secret is shown once, at enrolment. */
export const factorSchema = z.object({
  id: z.uuid(),
  friendly_name: z.string().optional(),
  factor_type: z.enum(['totp', 'recovery_code']),
  status: z.enum(['unverified', 'verified']),
  created_at: instant,
  updated_at: instant,
  last_challenged_at: instant.optional(),
});
export type Factor = z.infer<typeof factorSchema>;

/** The one way to sign in that every account has. */
const identitySchema = z.object({
  id: z.uuid(),
  identity_id: z.uuid(),
  user_id: z.uuid(),
  provider: z.literal('email'),
  email: z.string(),
  identity_data: z.object({ sub: z.uuid(), email: z.string(), email_verified: z.literal(true) }),
  last_sign_in_at: instant.optional(),
  created_at: instant,
  updated_at: instant,
});

/** The account as supabase-js reads it. Our role is not in it: `role` is always the word of the protocol. */
export const authUserSchema = z.object({
  id: z.uuid(),
  aud: z.literal('authenticated'),
  role: z.literal('authenticated'),
  email: z.string(),
  /** Set while a change of address waits for a yes from both mailboxes. */
  new_email: z.string().optional(),
  email_change_sent_at: instant.optional(),
  email_confirmed_at: instant,
  confirmed_at: instant,
  invited_at: instant.optional(),
  last_sign_in_at: instant.optional(),
  banned_until: instant.optional(),
  phone: z.string(),
  /** What programs of operators keep; `provider` and `providers` are always there. Never the app role. */
  app_metadata: z.record(z.string(), z.unknown()),
  /** What programs or the person keep; where nothing was given, the name. */
  user_metadata: z.record(z.string(), z.unknown()),
  identities: z.array(identitySchema),
  /** Left out while there is none. */
  factors: z.array(factorSchema).optional(),
  is_anonymous: z.literal(false),
  created_at: instant,
  updated_at: instant,
});
export type AuthUser = z.infer<typeof authUserSchema>;

/** Answer of a sign-in, a refresh and a used link. */
export const authSessionSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  /** Seconds. */
  expires_in: z.int(),
  /** Seconds since 1970, by the server's clock. */
  expires_at: z.int(),
  refresh_token: z.string(),
  user: authUserSchema,
});
export type AuthSession = z.infer<typeof authSessionSchema>;

/** Postgres has no text with a NUL in it, so no account has such an address. */
const email = z
  .string()
  .max(320)
  .regex(/^[^\0]*$/);
const password = z.string().max(1024);

/** Facts that programs keep about an account: small, and never what decides a right. */
const metadata = z
  .record(z.string().max(100), z.json())
  .refine((value) => JSON.stringify(value).length <= 16_384, 'At most 16 KB.');

/** supabase-js adds fields of features we do not have (captcha, PKCE); they are ignored. */
export const tokenRequestSchema = z.object({
  email: email.optional(),
  phone: z.string().max(40).optional(),
  password: password.optional(),
  refresh_token: z.string().max(200).optional(),
});
export const grantQuerySchema = z.object({ grant_type: z.string().max(40) });
export const logoutQuerySchema = z.object({ scope: z.enum(['global', 'local', 'others']).default('global') });
export const updateUserSchema = z.object({
  /** A new address takes effect when both mailboxes have said yes. */
  email: email.optional(),
  password: password.optional(),
  current_password: password.optional(),
  /** The code from the mail that `reauthenticate` sends. */
  nonce: z.string().max(40).optional(),
  phone: z.string().max(40).optional(),
  data: metadata.optional(),
  /** Operators' alone: refused. */
  app_metadata: z.unknown().optional(),
});
export const recoverRequestSchema = z.object({ email });
/** `email_change` sends the links of a waiting change again; every other kind has nothing to send. */
export const resendRequestSchema = z.object({
  type: z.enum(['signup', 'email_change', 'sms', 'phone_change']),
  email: email.optional(),
  phone: z.string().max(40).optional(),
});

/** What a link in a mail is for. `email` is the protocol's name for a sign-in link of either kind. */
export const linkTypeSchema = z.enum(['recovery', 'invite', 'signup', 'magiclink', 'email', 'email_change']);
export type LinkType = z.infer<typeof linkTypeSchema>;
const secret = z.string().min(6).max(200);
export const verifyRequestSchema = z.union([
  z.object({ type: linkTypeSchema, token_hash: secret }),
  z.object({ type: linkTypeSchema, token: secret, email }),
]);
export const verifyQuerySchema = z.object({
  type: linkTypeSchema,
  token: secret,
  redirect_to: z.string().max(500).optional(),
});
/** Answer to the first of the two links of a change of address: there is no session yet. */
export const halfConfirmedSchema = z.object({ msg: z.string(), code: z.literal('200') });

export const adminCreateUserSchema = z.object({
  id: z.uuid().optional(),
  email: z.email().max(320),
  password: password.optional(),
  user_metadata: metadata.optional(),
  /** `role` is the app role of the new account; left out: student. */
  app_metadata: metadata.optional(),
  /** `none` lifts a ban; a duration such as `24h` or `1h30m` bans for so long. */
  ban_duration: z.string().max(40).optional(),
});
export const adminUpdateUserSchema = adminCreateUserSchema.omit({ id: true }).partial();
/** Also without a body. */
export const adminDeleteUserSchema = z.preprocess(
  (body) => body ?? {},
  z.object({ should_soft_delete: z.boolean().default(false) }),
);
export const inviteRequestSchema = z.object({ email: z.email().max(320), data: metadata.optional() });
export const adminListQuerySchema = z.object({
  page: z.coerce.number().int().min(0).max(100_000).catch(1).default(1),
  per_page: z.coerce.number().int().min(0).max(1000).catch(50).default(50),
});
export const generateLinkTypeSchema = z.enum([
  'signup',
  'invite',
  'magiclink',
  'recovery',
  'email_change_current',
  'email_change_new',
]);
export const generateLinkSchema = z.object({
  type: generateLinkTypeSchema,
  email: z.email().max(320),
  new_email: z.email().max(320).optional(),
  password: password.optional(),
  data: metadata.optional(),
  redirect_to: z.string().max(500).optional(),
});
/** supabase-js names the target in the address, other programs in the body. */
export const redirectQuerySchema = z.object({ redirect_to: z.string().max(500).optional() });
export const generatedLinkSchema = authUserSchema.extend({
  action_link: z.string(),
  email_otp: z.string(),
  hashed_token: z.string(),
  redirect_to: z.string(),
  verification_type: generateLinkTypeSchema,
});
