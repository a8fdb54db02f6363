import { z } from 'zod';
import { authSessionSchema } from './gotrue.ts';

/** `POST /auth/v1/factors`. Only authenticator apps; the other kinds of the protocol are answered as switched off. */
export const enrolRequestSchema = z.object({
  factor_type: z.enum(['totp', 'phone', 'webauthn']),
  friendly_name: z.string().trim().max(100).optional(),
  issuer: z.string().trim().max(60).optional(),
});
export const enrolledFactorSchema = z.object({
  id: z.uuid(),
  type: z.literal('totp'),
  friendly_name: z.string().optional(),
  /** Shown this once: an SVG picture of the address, the secret in base32, and the address itself. */
  totp: z.object({ qr_code: z.string(), secret: z.string(), uri: z.string() }),
});
export const challengeSchema = z.object({
  id: z.uuid(),
  type: z.literal('totp'),
  /** Seconds since 1970. */
  expires_at: z.int(),
});
export const verifyFactorSchema = z.object({ challenge_id: z.uuid(), code: z.string().trim().min(1).max(20) });
export const removedFactorSchema = z.object({ id: z.uuid() });
/** A raised session replaces the one before it, tokens and all. */
export const raisedSessionSchema = authSessionSchema;

export const recoveryCodesRequestSchema = z.object({ friendly_name: z.string().trim().max(100).optional() }).nullish();
export const recoveryStatusSchema = z.object({
  id: z.uuid(),
  type: z.literal('recovery_code'),
  total: z.int(),
  remaining: z.int(),
});
export const recoveryCodesSchema = z.object({
  id: z.uuid(),
  type: z.literal('recovery_code'),
  friendly_name: z.string(),
  total: z.int(),
  /** Shown this once. */
  codes: z.array(z.string()),
});
export const useRecoveryCodeSchema = z.object({ code: z.string().trim().min(1).max(60) });
