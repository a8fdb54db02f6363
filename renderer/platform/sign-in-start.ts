import type { AuthError, SupabaseClient } from '@supabase/supabase-js';
import { anonKey, type setupRequestSchema } from '#contract/api/identity.ts';
import type { LinkType } from '#contract/api/gotrue.ts';
import type { z } from 'zod';
import { authCodeOf } from './auth-fetch.ts';
import { ask, jsonOf } from './answers.ts';
import type { StepFault, Tokens } from './sign-in-steps.ts';
import { faultOf } from './sign-in-steps.ts';

/** How a person shows who they are: a password, the link of a mail, or the link that begins an academy. */
export type SignInProof =
  | { by: 'password'; email: string; password: string }
  | { by: 'link'; type: LinkType; token: string }
  /** The server used the link itself. */
  | { by: 'tokens'; type: LinkType; tokens: Tokens }
  | { by: 'setup'; input: z.infer<typeof setupRequestSchema> };

export type Proven =
  | { tokens: Tokens }
  | { fault: StepFault }
  /** One half of a change of address: there is nobody to sign in yet. */
  | { half: true };

type Parts = { auth: SupabaseClient['auth']; fetch: typeof fetch; url: string };

/** Shows the proof to the server. */
export async function prove({ auth, fetch, url }: Parts, proof: SignInProof): Promise<Proven> {
  if (proof.by === 'password') {
    const { email, password } = proof;
    return read(await auth.signInWithPassword({ email, password }));
  }
  if (proof.by === 'link') {
    const answer = await auth.verifyOtp({ token_hash: proof.token, type: proof.type });
    return answer.error === null && !answer.data.session ? { half: true } : read(answer);
  }
  if (proof.by === 'tokens') return adopt(auth, proof.tokens);
  const response = await ask(fetch, `${url}/auth/v1/setup`, {
    method: 'POST',
    headers: { apikey: anonKey, 'content-type': 'application/json' },
    body: JSON.stringify(proof.input),
  });
  if (!response.ok) return { fault: (await authCodeOf(response)) ?? 'network' };
  return adopt(auth, (await jsonOf(response)) as Tokens);
}

/** The steps that may follow are asked for through supabase-js, so it has to know the session. */
async function adopt(auth: Parts['auth'], tokens: Tokens): Promise<Proven> {
  const { access_token, refresh_token } = tokens;
  const set = await auth.setSession({ access_token, refresh_token });
  return set.error ? { fault: faultOf(set) ?? 'network' } : { tokens };
}

const read = ({ data, error }: { data: { session: Tokens | null }; error: AuthError | null }): Proven =>
  data.session ? { tokens: data.session } : { fault: faultOf({ error }) ?? 'network' };
