import { z } from 'zod';
import { instant } from '../columns.ts';

/** The account as supabase-js reads it. Our role is not in it: `role` is always the word of the protocol. */
export const authUserSchema = z.object({
  id: z.uuid(),
  aud: z.literal('authenticated'),
  role: z.literal('authenticated'),
  email: z.string(),
  email_confirmed_at: instant,
  confirmed_at: instant,
  last_sign_in_at: instant.optional(),
  banned_until: instant.optional(),
  phone: z.string(),
  app_metadata: z.object({ provider: z.literal('email'), providers: z.array(z.literal('email')) }),
  user_metadata: z.object({ full_name: z.string() }),
  identities: z.array(z.never()),
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

/** supabase-js adds fields of features we do not have (captcha, PKCE); they are ignored. */
export const tokenRequestSchema = z.object({
  email: email.optional(),
  password: password.optional(),
  refresh_token: z.string().max(200).optional(),
});
export const grantQuerySchema = z.object({ grant_type: z.enum(['password', 'refresh_token']) });
export const logoutQuerySchema = z.object({ scope: z.enum(['global', 'local', 'others']).default('global') });
export const updateUserSchema = z.object({ password: password.optional(), current_password: password.optional() });
export const recoverRequestSchema = z.object({ email });

/** Links we make: recovery of a forgotten password, and the first password of an invited person. */
export const linkTypeSchema = z.enum(['recovery', 'invite']);
export type LinkType = z.infer<typeof linkTypeSchema>;
const secret = z.string().min(20).max(200);
export const verifyRequestSchema = z.union([
  z.object({ type: linkTypeSchema, token_hash: secret }),
  z.object({ type: linkTypeSchema, token: secret, email }),
]);
export const verifyQuerySchema = z.object({
  type: linkTypeSchema,
  token: secret,
  redirect_to: z.string().max(500).optional(),
});

export const adminCreateUserSchema = z.object({
  email: z.email().max(320),
  password: password.optional(),
  user_metadata: z.object({ full_name: z.string().min(1).max(100).optional() }).optional(),
  /** `role` is the app role of the new account; left out: student. */
  app_metadata: z.object({ role: z.string().optional() }).optional(),
});
export const adminUpdateUserSchema = adminCreateUserSchema.partial().extend({
  /** `none` lifts a ban; anything else bans until it is lifted. */
  ban_duration: z.string().max(40).optional(),
});
export const inviteRequestSchema = z.object({
  email: z.email().max(320),
  data: z.object({ full_name: z.string().min(1).max(100).optional(), role: z.string().optional() }).optional(),
});
export const adminListQuerySchema = z.object({
  page: z.coerce.number().int().min(0).max(100_000).catch(1).default(1),
  per_page: z.coerce.number().int().min(0).max(1000).catch(50).default(50),
});
export const generateLinkSchema = z.object({
  type: linkTypeSchema,
  email,
  redirect_to: z.string().max(500).optional(),
});
export const generatedLinkSchema = authUserSchema.extend({
  action_link: z.string(),
  email_otp: z.string(),
  hashed_token: z.string(),
  redirect_to: z.string(),
  verification_type: linkTypeSchema,
});
