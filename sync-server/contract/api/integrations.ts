import { z } from 'zod';
import { id } from '../columns.ts';
import { integrationSources } from '../tables/rewards.ts';

/** A token as a shop or an advertising account gives it; it is sealed before it is stored and never told again. */
const token = z.string().trim().min(16).max(1000).regex(/^\S+$/);

export const connectShopifySchema = z.strictObject({
  domain: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com$/),
  token,
});
export const connectMetaSchema = z.strictObject({ token, account_id: z.string().regex(/^(act_)?\d{5,25}$/) });
export const connectedSchema = z.object({ id, status: z.enum(['connected', 'invalid', 'disconnected']) });
export const disconnectSchema = z.strictObject({ source: z.enum(integrationSources) });
export const disconnectedSchema = z.object({
  /** False where nothing was connected. */
  removed: z.boolean(),
});
