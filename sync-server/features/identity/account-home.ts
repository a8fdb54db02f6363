import type { z } from 'zod';
import type { AuthSession } from '#contract/api/gotrue.ts';
import type { challengeSchema, enrolledFactorSchema, enrolRequestSchema } from '#contract/api/second-factor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Session } from '../../http/auth.ts';
import type { Change } from './change-password.ts';
import type { DeviceIntroduction } from './devices.ts';
import type { GivenLink, LinkKind } from './links.ts';
import type { Followed } from './recovery.ts';
import type { Call } from './sessions.ts';
import type { Credentials } from './sign-in.ts';

/** Who asks, in which session, and with which token. */
export type Signed = { userId: string; session: Session; token: string };
export type SignOutScope = 'global' | 'local' | 'others';
/** Puts a password in its place, in the transaction of what it belongs to. */
export type StorePassword = (tx: Tx, userId: string) => Promise<void>;

/**
 * Where accounts live: passwords, refresh tokens, secrets of factors, links. With this server, or in a Supabase project
 * (`project/project-home.ts`). Who the person is, what they may do, sessions and devices are always here.
 */
export type AccountHome = {
  signIn(call: Call, credentials: Credentials, device: DeviceIntroduction | null): Promise<AuthSession>;
  refresh(call: Call, refreshToken: string, device: DeviceIntroduction | null): Promise<AuthSession>;
  signOut(call: Call, who: Signed, scope: SignOutScope): Promise<void>;
  changePassword(call: Call, who: Signed, change: Change): Promise<void>;
  /** Sends a code that stands for the current password. */
  requestCode(call: Call, who: Signed): Promise<void>;
  followLink(call: Call, link: GivenLink, device: DeviceIntroduction | null): Promise<Followed>;
  /** Makes the secret of a link; void are the earlier ones of its kind. */
  mintLink(tx: Tx, userId: string, kind: LinkKind, now: Date): Promise<string>;
  /** Readies a password somebody else has chosen for an account; what it answers stores it. */
  keepPassword(call: Call, password: string): Promise<StorePassword>;
  enrolFactor(
    call: Call,
    who: Signed,
    asked: z.infer<typeof enrolRequestSchema>,
  ): Promise<z.infer<typeof enrolledFactorSchema>>;
  challengeFactor(call: Call, who: Signed, factorId: string): Promise<z.infer<typeof challengeSchema>>;
  verifyFactor(
    call: Call,
    who: Signed,
    answer: { factorId: string; challengeId: string; code: string },
  ): Promise<AuthSession>;
  unenrolFactor(call: Call, who: Signed, factorId: string): Promise<{ id: string }>;
};
