import { z } from 'zod';
import { authErrorStatus, type AuthErrorCode } from '#contract/api/identity.ts';
import { projectIsAway, type Asked, type Project } from '../../../http/supabase-project.ts';
import type { Signed } from '../account-home.ts';
import { AuthError } from '../auth-error.ts';
import type { Call } from '../sessions.ts';

/** Asks with the person's own token. */
export const asPerson = ({ address }: Call, { token }: Pick<Signed, 'token'>): Pick<Asked, 'token' | 'address'> => ({
  token,
  address,
});

/** What we read of an account of the project; who the person is stands with us. */
export const projectUserSchema = z.object({
  id: z.uuid(),
  email: z.string().default(''),
  banned_until: z.string().nullish(),
  factors: z
    .array(
      z.object({
        id: z.uuid(),
        factor_type: z.string(),
        status: z.enum(['verified', 'unverified']),
        friendly_name: z.string().nullish(),
      }),
    )
    .nullish(),
});
export type ProjectUser = z.infer<typeof projectUserSchema>;

export const projectSessionSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.int(),
  user: projectUserSchema,
});
export type ProjectSession = z.infer<typeof projectSessionSchema>;

/** The answer, read; a refusal is thrown as an AuthError in the project's own words. */
export async function askFor<T>(project: Project, schema: z.ZodType<T>, path: string, asked: Asked): Promise<T> {
  const answer = await project.ask(`/auth/v1${path}`, asked);
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw readRefusal(path, answer.status, body);
  const read = schema.safeParse(body);
  if (!read.success) throw projectIsAway(new Error(`${path} answered something else`, { cause: read.error }));
  return read.data;
}

/** The same where nothing is answered. */
export const tell = async (project: Project, path: string, asked: Asked): Promise<void> =>
  void (await askFor(project, z.unknown(), path, asked));

const refusalSchema = z.object({
  error_code: z.string().optional(),
  code: z.union([z.string(), z.number()]).optional(),
  msg: z.string().optional(),
  message: z.string().optional(),
  weak_password: z.object({ reasons: z.array(z.string()) }).optional(),
});

/** Codes the project knows and our own table does not: the nearest word of ours, so that clients know the answer for ours. */
const nearest: Record<number, AuthErrorCode> = { 403: 'not_admin', 404: 'not_found', 409: 'conflict' };

/**
 * What the project refused. An answer without a code of its own is no word about the person: a gateway that does not know our
 * key says 401 too, and must sign nobody out.
 */
function readRefusal(path: string, status: number, body: unknown): Error {
  const { error_code, code, msg, message, weak_password } = refusalSchema.safeParse(body).data ?? {};
  const named = error_code ?? (typeof code === 'string' ? code : undefined);
  if (!named || (status === 401 && !(named in authErrorStatus)))
    return projectIsAway(new Error(`${path} answered ${status} without a code of sign-in`));
  const ours = named in authErrorStatus ? (named as AuthErrorCode) : (nearest[status] ?? 'validation_failed');
  const sentence = msg ?? message ?? 'This was refused.';
  const extra = weak_password ? { weakPassword: { reasons: weak_password.reasons, message: sentence } } : {};
  return new AuthError(ours, sentence, extra);
}
