import { createStore, type StoreApi } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { AuthErrorCode } from '#contract/api/identity.ts';
import type { Role } from '#contract/roles.ts';
import type { DesktopBridge } from '#desktop/index.ts';
import { clock as pageClock, type Clock } from './clock.ts';
import { desktop } from './desktop.ts';
import { deviceIdFor, rememberDevice } from './device-ids.ts';
import { SessionExpiredError } from './errors.ts';
import { serverUrl } from './server-url.ts';
import {
  desktopVault,
  memoryVault,
  rememberKeep,
  webSessionMs,
  webVault,
  type SessionRecord,
  type SessionVault,
} from './session-record.ts';
import type { SignInProof } from './sign-in-start.ts';
import type { SignInStep, Tokens } from './sign-in-steps.ts';
import { createSigningIn, type Entered } from './signing-in.ts';
import { refreshTokens } from './refresh.ts';
import { tellServer } from './session-requests.ts';

export type SessionUser = { id: string; email: string; full_name: string };

/**
 * - `none`: nobody is signed in. `restoring`: the device's record is being read (milliseconds, never the network).
 * - `signed-in`: there is a record; says nothing about the network.
 * - `expired`: the server no longer takes the session; data and queue stay, a new sign-in of the same person is needed.
 * - `ended`: the server ended the account's access (blocked, deactivated, suspended).
 */
export type SessionState = 'none' | 'restoring' | 'signed-in' | 'expired' | 'ended';

export type SignInAnswer =
  | { ok: true }
  | {
      ok: false;
      /** `next_step`: right so far, and `SessionStore.step` says what is asked next. `half_confirmed`: the other mailbox is next. */
      code: AuthErrorCode | 'network' | 'other_person' | 'next_step' | 'half_confirmed';
      retryAfter: number | null;
    };

/** `sync` sends what waits first and does not sign out when that fails; `discard` drops it. */
export type SignOutMode = 'sync' | 'discard';
export type SignOutAnswer = { ok: true } | { ok: false; reason: 'not_sent' };

/**
 * What the data layer does before a session goes: send the queue, delete the replica. False = could not send everything. `wipe`: only
 * close it, the wipe itself follows.
 */
export type SignOutStep = (mode: SignOutMode | 'wipe') => Promise<boolean>;

export type SessionStore = {
  state: SessionState;
  user: SessionUser | null;
  role: Role | null;
  deviceId: string | null;
  /** While `expired`: the person chose to go on working without signing in. */
  offline: boolean;
  /** What a sign-in under way is asked for; null while there is none. */
  step: SignInStep | null;
  signIn(email: string, password: string, options?: { keep?: boolean }): Promise<SignInAnswer>;
  /** Signs in with the link of a mail, or begins an academy. */
  signInBy(proof: Exclude<SignInProof, { by: 'password' }>): Promise<SignInAnswer>;
  /** Answers the step `code` or `enrol`. */
  giveCode(code: string): Promise<SignInAnswer>;
  /** Answers the step `password`. */
  choosePassword(password: string): Promise<SignInAnswer>;
  /** Gives a sign-in under way up. */
  leaveSteps(): void;
  signOut(mode: SignOutMode): Promise<SignOutAnswer>;
  /** While `expired`: goes on with what is on this device; false when the offline lease is over. */
  continueOffline(): boolean;
};

/** What the data layer needs of a session; made by `session.connection()`. */
export type Connection = {
  user: SessionUser;
  role: Role;
  deviceId: string;
  serverUrl: string;
  clock: Clock;
  desktop: DesktopBridge | null;
  fetch: typeof fetch;
  /** A token good for a minute at least. Throws `NetworkError` or `SessionExpiredError`. */
  accessToken(options?: { fresh?: boolean }): Promise<string>;
  /** True while the server refuses this session. */
  expired(): boolean;
  onChange(listener: () => void): () => void;
  /** New tokens of this very session, after a second step given in the middle of work. */
  takeTokens(tokens: Tokens): Promise<void>;
  /** The lease the server granted, kept with the identity. */
  noteLease(until: string): void;
  onSignOut(step: SignOutStep): () => void;
};

export type Session = StoreApi<SessionStore> & {
  restore(): Promise<void>;
  connection(): Promise<Connection | null>;
  /** Closes what this person has open here, so that it can be wiped. Nothing for anybody else. */
  closeDown(userId: string): Promise<void>;
  /** Deletes the record of this person, also before `restore`; false where it is not theirs. */
  forget(userId: string): Promise<boolean>;
};

export type SessionParts = {
  vault: SessionVault;
  /** Remembers device ids and the *keep* answer. */
  storage: Storage | null;
  desktop: DesktopBridge | null;
  clock: Clock;
  fetch: typeof fetch;
  serverUrl: () => Promise<string>;
};

const spareMs = 60_000;

export function createSession(parts: SessionParts): Session {
  const { vault, clock } = parts;
  let record: SessionRecord | null = null;
  let refreshing: Promise<string> | null = null;
  const steps = new Set<SignOutStep>();

  const signingIn = createSigningIn(parts, {
    deviceOf: async (address) => (address === null ? (record?.device_id ?? crypto.randomUUID()) : deviceOf(address)),
    // While somebody is at work here, or their queue waits for them, nobody else may take over this window (screens 3.7).
    mayEnter: (userId) => !record || record.refused === 'ended' || record.user.id === userId,
    showStep: (step) => store.setState({ step }),
    enter,
  });

  const store: StoreApi<SessionStore> = createStore<SessionStore>(() => ({
    state: 'restoring',
    user: null,
    role: null,
    deviceId: null,
    offline: false,
    step: null,
    ...signingIn,
    signOut,
    continueOffline,
  }));

  const show = (next: SessionRecord | null): void => {
    record = next;
    store.setState({
      state: next ? (next.refused ?? 'signed-in') : 'none',
      user: next?.user ?? null,
      role: next?.role ?? null,
      deviceId: next?.device_id ?? null,
      ...(next?.refused ? {} : { offline: false }),
    });
  };
  const keep = async (next: SessionRecord): Promise<void> => {
    await vault.write(next);
    show(next);
  };

  async function restore(): Promise<void> {
    try {
      show(await vault.read());
    } catch (error) {
      // A store that cannot be asked must not leave a blank window: the person signs in, the replica is still there.
      console.error(error);
      show(null);
    }
  }

  async function enter({ who, tokens, device_id, kept }: Entered): Promise<void> {
    clock.observe(who.server_time);
    if (parts.storage && !parts.desktop) rememberKeep(parts.storage, kept);
    if (parts.storage) await rememberDevice(parts.storage, who.email, device_id);
    await keep({
      user: { id: who.id, email: who.email, full_name: who.full_name },
      role: who.role,
      device_id,
      access_token: tokens.access_token,
      refresh_token: tokens.refresh_token,
      expires_at: Date.now() + tokens.expires_in * 1000,
      forget_at: parts.desktop ? null : Date.now() + (kept ? webSessionMs.kept : webSessionMs.usual),
      refused: null,
      lease_until: who.lease_until,
    });
  }

  /** The same person keeps the device's id, so that the server takes the queue of before. */
  async function deviceOf(address: string): Promise<string> {
    if (record?.user.email.toLowerCase() === address) return record.device_id;
    return parts.storage ? deviceIdFor(parts.storage, address) : crypto.randomUUID();
  }

  function accessToken(options: { fresh?: boolean } = {}): Promise<string> {
    if (!record || record.refused) return Promise.reject(new SessionExpiredError());
    const current = record;
    if (!options.fresh && current.expires_at - spareMs > Date.now()) return Promise.resolve(current.access_token);
    refreshing ??= renew(current).finally(() => (refreshing = null));
    return refreshing;
  }

  async function renew(current: SessionRecord): Promise<string> {
    const answer = await refreshTokens({ ...parts, vault }, current);
    // Signed out, or signed in anew, while the answer was under way: it belongs to nobody any more.
    if (record?.refresh_token !== current.refresh_token) {
      if (record && !record.refused) return record.access_token;
      throw new SessionExpiredError();
    }
    if ('refused' in answer) {
      await keep({ ...current, refused: answer.refused });
      throw new SessionExpiredError();
    }
    const next = { ...current, ...answer };
    // Another tab of this browser may belong to somebody else by now: their record stays, this tab goes on from memory.
    const stored = await vault.read();
    if (stored && stored.user.id !== current.user.id) show(next);
    else await keep(next);
    return answer.access_token;
  }

  async function signOut(mode: SignOutMode): Promise<SignOutAnswer> {
    for (const step of [...steps]) if (!(await step(mode))) return { ok: false, reason: 'not_sent' };
    const token = record?.refused ? null : record?.access_token;
    if (token) await tellServer(parts, token);
    await vault.clear();
    show(null);
    return { ok: true };
  }

  function continueOffline(): boolean {
    const now = clock.now();
    const until = record?.lease_until ? Date.parse(record.lease_until) : 0;
    const open = record?.refused === 'expired' && now !== null && now.getTime() < until;
    if (open) store.setState({ offline: true });
    return open;
  }

  async function connection(): Promise<Connection | null> {
    if (!record) return null;
    const { user, role, device_id } = record;
    return {
      user,
      role,
      deviceId: device_id,
      serverUrl: await parts.serverUrl(),
      clock,
      desktop: parts.desktop,
      fetch: parts.fetch,
      accessToken,
      expired: () => record === null || record.refused !== null,
      onChange: (listener) => store.subscribe(listener),
      async takeTokens({ access_token, refresh_token, expires_in }) {
        if (record?.user.id !== user.id) return;
        const expires_at = Date.now() + expires_in * 1000;
        await keep({ ...record, access_token, refresh_token, expires_at, refused: null });
      },
      noteLease(until) {
        if (!record || record.lease_until === until) return;
        // The replica keeps the lease as well; this copy only serves the sign-in screen.
        keep({ ...record, lease_until: until }).catch((error: unknown) => console.error(error));
      },
      onSignOut(step) {
        steps.add(step);
        return () => steps.delete(step);
      },
    };
  }

  async function closeDown(userId: string): Promise<void> {
    if (record?.user.id === userId) for (const step of [...steps]) await step('wipe');
  }

  async function forget(userId: string): Promise<boolean> {
    const stored = await vault.read();
    const isTheirs = stored?.user.id === userId || record?.user.id === userId;
    if (stored?.user.id === userId) await vault.clear();
    if (record?.user.id === userId) show(null);
    return isTheirs;
  }

  return Object.assign(store, { restore, connection, closeDown, forget });
}

function pageVault(): SessionVault {
  if (desktop) return desktopVault(desktop);
  if (typeof sessionStorage === 'undefined') return memoryVault();
  return webVault(sessionStorage, localStorage);
}

/** The session of this page; `session.restore()` reads the device's record once at start. */
export const session: Session = createSession({
  vault: pageVault(),
  storage: globalThis.localStorage ?? null,
  desktop,
  clock: pageClock,
  fetch: (input, init) => globalThis.fetch(input, init),
  serverUrl,
});

export function useSession(): SessionStore {
  return useStore(session);
}
