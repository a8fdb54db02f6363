import type { AuthError, SupabaseClient } from '@supabase/supabase-js';
import type { AuthErrorCode, Whoami } from '#contract/api/identity.ts';

type Auth = SupabaseClient['auth'];

/** What the server asks between the first proof of a person and the way in. */
export type SignInStep =
  /** The code of the person's authenticator app, or one of the recovery codes. */
  | { kind: 'code' }
  /** An authenticator app has to be set up: the academy asks it of this role. Shown once. */
  | { kind: 'enrol'; picture: string; secret: string }
  /** A password of the person's own. */
  | { kind: 'password' };

export type Tokens = { access_token: string; refresh_token: string; expires_in: number };
export type StepFault = AuthErrorCode | 'network';
type Answer = { error: AuthError | null };

/** A sign-in under way: its tokens lead nowhere but through these steps until `next` says that nothing is left. */
export type SignInSteps = {
  next(): Promise<SignInStep | { who: Whoami; tokens: Tokens }>;
  /** A code of an app, or a recovery code (which is longer). Null: taken. */
  giveCode(code: string): Promise<StepFault | null>;
  choosePassword(password: string): Promise<StepFault | null>;
};

type Start = {
  auth: Auth;
  tokens: Tokens;
  /** True after a set-password link: a password is chosen even where there is one. */
  choose: boolean;
  ask: (token: string) => Promise<Whoami>;
};

const recoveryCodeLength = 16;

export function createSignInSteps({ auth, tokens: first, choose, ask }: Start): SignInSteps {
  let tokens = first;
  let mustChoose = choose;
  let enrolled: string | null = null;

  const raise = ({ data, error }: { data: Tokens | null; error: AuthError | null }): StepFault | null => {
    if (data) tokens = data;
    return faultOf({ error });
  };

  async function enrol(): Promise<SignInStep> {
    const { data: known } = await auth.mfa.listFactors();
    for (const factor of known?.all ?? [])
      if (factor.status === 'unverified') await auth.mfa.unenroll({ factorId: factor.id });
    const { data, error } = await auth.mfa.enroll({ factorType: 'totp' });
    if (error) throw error;
    enrolled = data.id;
    return { kind: 'enrol', picture: data.totp.qr_code, secret: data.totp.secret };
  }

  return {
    async next() {
      const who = await ask(tokens.access_token);
      if (who.second_step === 'verify') return { kind: 'code' };
      if (mustChoose || who.password_required) return { kind: 'password' };
      if (who.second_step === 'enrol') return enrol();
      return { who, tokens };
    },
    async giveCode(code) {
      const bare = code.replace(/[\s-]/g, '');
      if (bare.length >= recoveryCodeLength) return raise(await auth.mfa.recoveryCodes.verify({ code: bare }));
      const factorId = enrolled ?? (await auth.mfa.listFactors()).data?.totp[0]?.id;
      if (!factorId) return 'mfa_factor_not_found';
      return raise(await auth.mfa.challengeAndVerify({ factorId, code: bare }));
    },
    async choosePassword(password) {
      const fault = faultOf(await auth.updateUser({ password }));
      // The password that is there is one the person knows, and that is all a link was for.
      const done = fault === null || fault === 'same_password';
      if (done) mustChoose = false;
      return done ? null : fault;
    },
  };
}

/** What went wrong, in the codes of our own server; anything that is not its answer is the network. */
export const faultOf = ({ error }: Answer): StepFault | null =>
  error === null ? null : error.status && error.code ? (error.code as AuthErrorCode) : 'network';
