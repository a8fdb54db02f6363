import type { Whoami } from '#contract/api/identity.ts';
import { authFetch } from './auth-fetch.ts';
import { NetworkError } from './errors.ts';
import type { SessionParts, SessionStore, SignInAnswer } from './session.ts';
import { introduction, whoami } from './session-requests.ts';
import { prove, type SignInProof } from './sign-in-start.ts';
import { createSignInSteps, type SignInStep, type SignInSteps, type StepFault, type Tokens } from './sign-in-steps.ts';
import { authClient } from './supabase.ts';

export type Entered = { who: Whoami; tokens: Tokens; device_id: string; kept: boolean };

/** What a sign-in asks of the session it leads to. */
type Door = {
  /** The id this device uses for an address; null: whose it is, only the server knows. */
  deviceOf(address: string | null): Promise<string>;
  mayEnter(userId: string): boolean;
  showStep(step: SignInStep | null): void;
  enter(entered: Entered): Promise<void>;
};

type SigningIn = Pick<SessionStore, 'signIn' | 'signInBy' | 'giveCode' | 'choosePassword' | 'leaveSteps'>;
type UnderWay = { steps: SignInSteps; device_id: string; kept: boolean; waited: () => number | null };

/** From a person's proof through the steps the server asks for to an entered session. One at a time; a new one drops the last. */
export function createSigningIn(parts: SessionParts, door: Door): SigningIn {
  let underWay: UnderWay | null = null;

  const leaveSteps = (): void => {
    underWay = null;
    door.showStep(null);
  };

  async function begin(proof: SignInProof, device_id: string, kept: boolean): Promise<SignInAnswer> {
    leaveSteps();
    const url = await parts.serverUrl();
    const introduce = await introduction(parts, device_id);
    let retryAfter: number | null = null;
    const fetcher: typeof fetch = async (input, init) => {
      const headers = new Headers(init?.headers);
      for (const [header, value] of Object.entries(introduce)) headers.set(header, value);
      const response = await parts.fetch(input, { ...init, headers });
      retryAfter = Number(response.headers.get('retry-after')) || null;
      return response;
    };
    const auth = await authClient(url, authFetch(fetcher));
    return refusing(async () => {
      const proven = await prove({ auth, fetch: fetcher, url }, proof);
      if ('half' in proven) return refusal('half_confirmed');
      if ('fault' in proven) return refusal(proven.fault, retryAfter);
      const steps = createSignInSteps({
        auth,
        tokens: proven.tokens,
        choose: 'type' in proof && (proof.type === 'recovery' || proof.type === 'invite'),
        ask: (token) => whoami(parts.fetch, url, token, device_id),
      });
      return advance({ steps, device_id, kept, waited: () => retryAfter });
    });
  }

  /** On to the next step, or in. */
  async function advance(way: UnderWay): Promise<SignInAnswer> {
    const next = await way.steps.next();
    if ('kind' in next) {
      underWay = way;
      door.showStep(next);
      return refusal('next_step');
    }
    leaveSteps();
    if (!door.mayEnter(next.who.id)) return refusal('other_person');
    await door.enter({ ...next, device_id: way.device_id, kept: way.kept });
    return { ok: true };
  }

  async function answer(give: (steps: SignInSteps) => Promise<StepFault | null>): Promise<SignInAnswer> {
    const way = underWay;
    if (!way) return refusal('session_not_found');
    return refusing(async () => {
      const fault = await give(way.steps);
      return fault ? refusal(fault, way.waited()) : advance(way);
    });
  }

  return {
    async signIn(email, password, { keep = false } = {}) {
      const address = email.trim().toLowerCase();
      return begin({ by: 'password', email: address, password }, await door.deviceOf(address), keep);
    },
    signInBy: async (proof) => begin(proof, await door.deviceOf(null), false),
    giveCode: (code) => answer((steps) => steps.giveCode(code)),
    choosePassword: (password) => answer((steps) => steps.choosePassword(password)),
    leaveSteps,
  };
}

const refusal = (
  code: Extract<SignInAnswer, { ok: false }>['code'],
  retryAfter: number | null = null,
): SignInAnswer => ({ ok: false, code, retryAfter });

/** An answer that never came is one too. */
async function refusing(work: () => Promise<SignInAnswer>): Promise<SignInAnswer> {
  try {
    return await work();
  } catch (failure) {
    if (failure instanceof NetworkError) return refusal('network', failure.retryAfter);
    throw failure;
  }
}
